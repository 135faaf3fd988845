using System.Text;

namespace Runtime.Audit;

/// <summary>A text or file that is not kept here, by its fingerprint: whoever has it can show that it is the one.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Bytes">Its size.</param>
public sealed record AuditContent(string Sha256, long Bytes)
{
    /// <summary>The fingerprint of bytes.</summary>
    public static AuditContent Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(Models.Crypto.Sha256.Hash(content)), content.Length);

    /// <summary>The fingerprint of a text in UTF-8.</summary>
    public static AuditContent Of(string text) => Of(Encoding.UTF8.GetBytes(text));
}
