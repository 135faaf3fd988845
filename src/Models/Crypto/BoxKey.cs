using System.Buffers.Text;
using Models.Store;

namespace Models.Crypto;

/// <summary>
/// This box's own Ed25519 key: what it signs, anybody can check with <see cref="PublicKey"/>. One file, <c>keys/box.key</c> (the seed,
/// base64url, mode 0600), made when it is first asked for. Immutable and safe for several threads.
/// </summary>
public sealed class BoxKey
{
    // Two that make it at once would sign with two keys, one of which nobody has.
    private static readonly Lock Making = new();

    private readonly byte[] _seed;
    private readonly Lazy<byte[]> _publicKey;

    private BoxKey(byte[] seed)
    {
        _seed = seed;
        _publicKey = new(() => Ed25519.PublicKey(_seed));
    }

    /// <summary>The 32 bytes that check its signatures.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey.Value;

    /// <summary>The box's name among others: lower-case hexadecimal SHA-256 of the public key.</summary>
    public string Id => IdOf(PublicKey);

    /// <summary>The key of a home folder.</summary>
    /// <exception cref="ModelException">It cannot be read or made. A damaged one is never replaced: what it signed would be nobody's.</exception>
    public static BoxKey Open(string home)
    {
        var path = PathIn(home);
        try
        {
            if (File.Exists(path)) return Read(path);
            lock (Making) return File.Exists(path) ? Read(path) : Make(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ModelException($"Cannot use this box's key {path}: {e.Message} Restore it from a backup; remove it only to give the box a new identity.", e);
        }
    }

    private static BoxKey Read(string path)
    {
        var seed = Base64Url.DecodeFromChars(File.ReadAllText(path).Trim());
        return seed.Length == Ed25519.KeySize ? new(seed) : throw new FormatException($"it has {seed.Length} bytes instead of {Ed25519.KeySize}.");
    }

    private static BoxKey Make(string path)
    {
        HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
        var made = new byte[Ed25519.KeySize];
        RandomBits.Fill(made);
        DurableFile.Replace(path, Base64Url.EncodeToUtf8(made));
        return new(made);
    }

    /// <summary>Where the key of a home folder is.</summary>
    public static string PathIn(string home) => Path.Combine(home, "keys", "box.key");

    /// <summary>The name of a public key.</summary>
    public static string IdOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(Sha256.Hash(publicKey));

    /// <summary>Signs a message: 64 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => Ed25519.Sign(_seed, message);

    /// <summary>A key is for nobody's log.</summary>
    public override string ToString() => $"box {Id}";
}
