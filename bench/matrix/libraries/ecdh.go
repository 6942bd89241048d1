// Holds a key of crypto/ecdh that it has used once. usage: ecdh p256|x25519 SCALAR-FILE (raw bytes)
package main

import (
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"os"
	"runtime"
	"time"
)

func main() {
	scalar, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	curve := ecdh.X25519()
	if os.Args[1] == "p256" {
		curve = ecdh.P256()
	}
	key, err := curve.NewPrivateKey(scalar)
	if err != nil {
		panic(err)
	}
	other, err := curve.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	if _, err := key.ECDH(other.PublicKey()); err != nil {
		panic(err)
	}
	fmt.Println("ready", len(key.PublicKey().Bytes()))
	time.Sleep(2 * time.Minute)
	runtime.KeepAlive(key)
}
