using System.Runtime.InteropServices;

namespace Models.Crypto;

/// <summary>Ed25519 (RFC 8032) by OpenSSL's libcrypto, which .NET itself needs on Linux (docs/adr/0003). Safe for several threads.</summary>
public static partial class Ed25519
{
    /// <summary>Bytes of a public key, and of the seed that is the private one.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    // EVP_PKEY_ED25519 of openssl/evp.h.
    private const int KeyType = 1087;
    private const string Library = "libcrypto.so.3";

    /// <summary>True where the signature is the key's over the message. False for anything malformed.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeySize || signature.Length != SignatureSize) return false;
        var key = NewPublicKey(KeyType, 0, publicKey, KeySize);
        if (key == 0) return false;
        var context = NewContext();
        try
        {
            return context != 0
                && BeginVerifying(context, 0, 0, 0, key) == 1
                && Verify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
        }
        finally
        {
            FreeContext(context);
            FreeKey(key);
        }
    }

    /// <summary>The signature of a message by the key of a seed of 32 bytes.</summary>
    /// <exception cref="ModelException">OpenSSL refuses.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        var key = PrivateKey(seed);
        var context = NewContext();
        try
        {
            var signature = new byte[SignatureSize];
            nuint length = SignatureSize;
            return context != 0 && BeginSigning(context, 0, 0, 0, key) == 1 && Sign(context, signature, ref length, message, (nuint)message.Length) == 1
                ? signature : throw Refused();
        }
        finally
        {
            FreeContext(context);
            FreeKey(key);
        }
    }

    /// <summary>The public key of a seed of 32 bytes.</summary>
    /// <exception cref="ModelException">OpenSSL refuses.</exception>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        var key = PrivateKey(seed);
        try
        {
            var bytes = new byte[KeySize];
            nuint length = KeySize;
            return GetPublicKey(key, bytes, ref length) == 1 ? bytes : throw Refused();
        }
        finally
        {
            FreeKey(key);
        }
    }

    private static nint PrivateKey(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != KeySize) throw new ArgumentException("A seed has 32 bytes.", nameof(seed));
        return NewPrivateKey(KeyType, 0, seed, KeySize) is not 0 and var key ? key : throw Refused();
    }

    private static ModelException Refused() => new("OpenSSL (libcrypto.so.3) cannot use an Ed25519 key. Install OpenSSL 3, or allow Ed25519 where a policy forbids it.");

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint NewPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint NewPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int GetPublicKey(nint key, Span<byte> bytes, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int BeginVerifying(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int Verify(nint context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    private static partial int BeginSigning(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    private static partial int Sign(nint context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);
}
