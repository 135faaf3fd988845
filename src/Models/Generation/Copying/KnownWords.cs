namespace Models.Generation.Copying;

/// <summary>
/// The words and numbers that a text may be made of: those of a conversation, and some more. Digits and what a full stop or a colon joins them to are written whole as they
/// stand there ("192.0.2.7"), or from one joint to another ("18:05" of "2026-11-26T18:05:00"); a word too, in large or small letters. What stands between words is free.
/// </summary>
internal sealed class KnownWords
{
    private const int Outside = 0, AfterJoint = -1, Lost = -2;

    // A tree of bytes: a node's first child, the next one of its parent, its byte, and whether a word may end there. Node 0 is the root.
    private readonly List<(byte Value, bool IsEnd, int Child, int Next)> _nodes = [default];
    private int _at;

    /// <summary>Reads what is known.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="own">More words.</param>
    public KnownWords(ReadOnlySpan<byte> conversation, ReadOnlySpan<byte> own)
    {
        Add(conversation);
        Add(own);
    }

    /// <summary>Whether no word was begun that is to go on.</summary>
    public bool IsWhole => IsEnd(_at);

    /// <summary>Takes bytes that came.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) _ = Goes(value, ref _at);
    }

    /// <summary>Whether these bytes may come next.</summary>
    public bool Fits(ReadOnlySpan<byte> bytes)
    {
        var at = _at;
        foreach (var value in bytes)
            if (!Goes(value, ref at)) return false;
        return true;
    }

    private bool Goes(byte value, ref int at)
    {
        value = Small(value);
        if (CopiedWords.IsWord(value))
        {
            // What is wrong already gets no worse by its letters, but ends.
            at = at is AfterJoint && !IsDigit(value) ? Child(Outside, value) : at >= Outside ? Child(at, value) : Lost;
            return at != Lost;
        }
        var isEnd = IsEnd(at);
        at = at > Outside && IsDigit(_nodes[at].Value) && IsJoint(value) ? Child(at, value) is var joint && joint != Lost ? joint : AfterJoint : Outside;
        return isEnd;
    }

    private bool IsEnd(int at) => at <= Outside || _nodes[at].IsEnd;

    private int Child(int parent, byte value)
    {
        for (var child = _nodes[parent].Child; child != 0; child = _nodes[child].Next)
            if (_nodes[child].Value == value) return child;
        return Lost;
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            // Where letters become digits or digits letters another may begin, as after a space.
            if (!CopiedWords.IsWord(text[at]) || at > 0 && CopiedWords.IsWord(text[at - 1]) && IsDigit(text[at - 1]) == IsDigit(text[at])) continue;
            AddFrom(text[at..]);
        }
    }

    private void AddFrom(ReadOnlySpan<byte> text)
    {
        var node = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var (value, next) = (Small(text[at]), at + 1 < text.Length ? text[at + 1] : (byte)0);
            var isJoint = at > 0 && IsJoint(value) && IsDigit(text[at - 1]) && IsDigit(next);
            if (!CopiedWords.IsWord(value) && !isJoint) return;
            var child = Child(node, value);
            if (child == Lost)
            {
                child = _nodes.Count;
                _nodes.Add((value, false, 0, _nodes[node].Child));
                _nodes[node] = _nodes[node] with { Child = child };
            }
            // A sentence may end where a number has its joint.
            if (isJoint || !CopiedWords.IsWord(next) || IsDigit(next) != IsDigit(value)) _nodes[child] = _nodes[child] with { IsEnd = true };
            node = child;
        }
    }

    private static bool IsDigit(byte value) => char.IsAsciiDigit((char)value);

    private static bool IsJoint(byte value) => value is (byte)'.' or (byte)':';

    private static byte Small(byte value) => char.IsAsciiLetterUpper((char)value) ? (byte)(value | 0x20) : value;
}
