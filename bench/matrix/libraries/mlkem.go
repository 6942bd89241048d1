// Holds an ML-KEM-768 decapsulation key that it has used once. usage: mlkem SEED-FILE (64 bytes, d and z)
package main

import (
	"bytes"
	"crypto/mlkem"
	"fmt"
	"os"
	"runtime"
	"time"
)

func main() {
	seed, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	key, err := mlkem.NewDecapsulationKey768(seed)
	if err != nil {
		panic(err)
	}
	shared, ciphertext := key.EncapsulationKey().Encapsulate()
	again, err := key.Decapsulate(ciphertext)
	if err != nil || !bytes.Equal(shared, again) {
		panic("decapsulation")
	}
	fmt.Println("ready")
	time.Sleep(2 * time.Minute)
	runtime.KeepAlive(key)
}
