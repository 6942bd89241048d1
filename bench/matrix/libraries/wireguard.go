// A wireguard-go device without a tunnel of the system, with a static key. usage: wireguard SCALAR-FILE (32 raw bytes)
package main

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"time"

	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/tun/netstack"
)

func main() {
	tunnel, _, err := netstack.CreateNetTUN([]netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil, 1420)
	if err != nil {
		panic(err)
	}
	held := device.NewDevice(tunnel, conn.NewDefaultBind(), device.NewLogger(device.LogLevelSilent, ""))
	scalar, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	peer := "public_key=de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f\nallowed_ip=0.0.0.0/0\nendpoint=127.0.0.1:9\n"
	if err := held.IpcSet("private_key=" + hex.EncodeToString(scalar) + "\n" + peer); err != nil {
		panic(err)
	}
	if err := held.Up(); err != nil {
		panic(err)
	}
	runtime.GC()
	fmt.Println("ready")
	time.Sleep(2 * time.Minute)
	runtime.KeepAlive(held)
}
