namespace Models.Embedding;

/// <summary>One input of an encoder.</summary>
/// <param name="Ids">Its tokens, special ones included; at least one.</param>
/// <param name="Second">Where the second text of a pair begins; the length where there is none.</param>
internal sealed record TokenRow(int[] Ids, int Second)
{
    /// <summary>A text alone.</summary>
    public TokenRow(int[] ids) : this(ids, ids.Length) { }
}
