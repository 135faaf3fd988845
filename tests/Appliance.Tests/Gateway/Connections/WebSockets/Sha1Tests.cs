using System.Security.Cryptography;
using Appliance.Gateway.Connections.WebSockets;

namespace Appliance.Tests.Gateway.Connections.WebSockets;

public sealed class Sha1Tests
{
    [Fact]
    public void Hash_OfEveryLengthAroundABlock_IsDotNets()
    {
        var data = new byte[200];
        new Random(1).NextBytes(data);
#pragma warning disable CA5350 // The handshake of WebSockets needs it.
        for (var length = 0; length <= data.Length; length++) Assert.Equal(SHA1.HashData(data.AsSpan(0, length)), Sha1.Hash(data.AsSpan(0, length)));
#pragma warning restore CA5350
    }

    [Fact]
    public void Accept_TheExampleOfRfc6455_IsItsAnswer() => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketHandshake.Accept("dGhlIHNhbXBsZSBub25jZQ=="));
}
