namespace Models.Providers;

/// <summary>The kinds of pictures that models elsewhere read. Pure.</summary>
public static class PictureKind
{
    /// <summary>For people.</summary>
    public const string All = "PNG, JPEG, GIF or WebP";

    /// <summary>The media type of a picture by its first bytes, for a name says nothing; null for what is none of them.</summary>
    public static string? Of(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        _ => null,
    };
}
