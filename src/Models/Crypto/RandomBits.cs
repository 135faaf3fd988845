using System.Security.Cryptography;

namespace Models.Crypto;

/// <summary>Random bits from the kernel's own generator (random(4)); .NET's would load OpenSSL for them. Safe for several threads.</summary>
public static class RandomBits
{
    /// <summary>Fills <paramref name="bytes"/>.</summary>
    public static void Fill(Span<byte> bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomNumberGenerator.Fill(bytes);
            return;
        }
        using var kernel = File.OpenRead("/dev/urandom");
        kernel.ReadExactly(bytes);
    }
}
