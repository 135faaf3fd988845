using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace TestKit;

/// <summary>A device's Ed25519 key, as OpenClaw's clients have one; signs with OpenSSL.</summary>
public sealed partial class DeviceKey
{
    private const string Library = "libcrypto.so.3";
    private const int KeyType = 1087;
    private readonly byte[] _seed;

    /// <summary>The key of a seed: the same number gives the same device.</summary>
    public DeviceKey(int number)
    {
        _seed = SHA256.HashData(Encoding.ASCII.GetBytes($"device {number}"));
        var key = NewPrivate(KeyType, 0, _seed, 32);
        var raw = new byte[32];
        nuint length = 32;
        if (GetPublic(key, raw, ref length) != 1) throw new CryptographicException();
        FreeKey(key);
        PublicKey = Base64Url.EncodeToString(raw);
        Id = Convert.ToHexStringLower(SHA256.HashData(raw));
    }

    /// <summary>Base64url of the 32 bytes.</summary>
    public string PublicKey { get; }

    /// <summary>Hexadecimal SHA-256 of the 32 bytes.</summary>
    public string Id { get; }

    /// <summary>The signature of a text, base64url.</summary>
    public string Sign(string payload)
    {
        var message = Encoding.UTF8.GetBytes(payload);
        var key = NewPrivate(KeyType, 0, _seed, 32);
        var context = NewContext();
        var signature = new byte[64];
        nuint length = 64;
        if (Begin(context, 0, 0, 0, key) != 1 || Sign(context, signature, ref length, message, (nuint)message.Length) != 1) throw new CryptographicException();
        FreeContext(context);
        FreeKey(key);
        return Base64Url.EncodeToString(signature);
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint NewPrivate(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int GetPublic(nint key, Span<byte> raw, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    private static partial int Begin(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    private static partial int Sign(nint context, Span<byte> signature, ref nuint length, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);
}
