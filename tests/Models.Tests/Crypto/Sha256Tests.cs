using System.Security.Cryptography;
using Models.Crypto;

namespace Models.Tests.Crypto;

public sealed class Sha256Tests
{
    [Fact]
    public void Hash_EveryLengthAcrossThreeBlocks_IsWhatTheFrameworkSays()
    {
        var data = new byte[200];
        for (var length = 0; length <= data.Length; length++)
        {
            if (length > 0) data[length - 1] = (byte)(length * 37);
            Assert.Equal(SHA256.HashData(data.AsSpan(0, length)), Sha256.Hash(data.AsSpan(0, length)));
        }
    }
}
