namespace Models.Generation.Grammar.Matching;

/// <summary>
/// Tokens by their bytes, as a tree laid out in pre-order: the children of a node follow it, and one jump leaves out all that is under
/// it. Node 0 is the empty text. Immutable.
/// </summary>
internal sealed class TokenTrie
{
    private readonly byte[] _labels;
    private readonly int[] _ends;   // the node after the last one under a node
    private readonly int[] _tokens; // the first token of exactly these bytes, or -1
    private readonly int[] _same;   // by token: the next of the same bytes, or -1

    private TokenTrie(byte[] labels, int[] ends, int[] tokens, int[] same, int depth) =>
        (_labels, _ends, _tokens, _same, Depth) = (labels, ends, tokens, same, depth);

    /// <summary>The number of nodes.</summary>
    public int Count => _labels.Length;

    /// <summary>The bytes of the longest token.</summary>
    public int Depth { get; }

    /// <summary>Builds it from all tokens, leaving out those of no bytes.</summary>
    /// <param name="bytes">The bytes of every token, one after another.</param>
    /// <param name="offsets">Where each token's bytes begin, and the end of the last.</param>
    public static TokenTrie Build(byte[] bytes, int[] offsets)
    {
        ReadOnlySpan<byte> Bytes(int token) => bytes.AsSpan(offsets[token], offsets[token + 1] - offsets[token]);
        var order = Sort(bytes, offsets);
        var count = 1;
        ReadOnlySpan<byte> last = default;
        foreach (var token in order)
        {
            count += Bytes(token).Length - last.CommonPrefixLength(Bytes(token));
            last = Bytes(token);
        }

        var (labels, ends, tokens, same) = (new byte[count], new int[count], new int[count], new int[offsets.Length - 1]);
        Array.Fill(tokens, -1);
        Array.Fill(same, -1);
        List<int> path = [0]; // the nodes of the last token
        var next = 1;
        last = default;
        foreach (var token in order)
        {
            var common = last.CommonPrefixLength(Bytes(token));
            last = Bytes(token);
            for (var depth = path.Count - 1; depth > common; depth--)
                ends[path[depth]] = next;
            path.RemoveRange(common + 1, path.Count - common - 1);
            for (var depth = common; depth < last.Length; depth++)
            {
                labels[next] = last[depth];
                path.Add(next++);
            }
            same[token] = tokens[path[^1]];
            tokens[path[^1]] = token;
        }
        foreach (var node in path)
            ends[node] = next;
        return new(labels, ends, tokens, same, order.Length == 0 ? 0 : order.Max(token => Bytes(token).Length));
    }

    /// <summary>The byte that leads to a node.</summary>
    public byte Label(int node) => _labels[node];

    /// <summary>The node after the last one under a node: its next sibling, or where its parent ends.</summary>
    public int End(int node) => _ends[node];

    /// <summary>The first token of exactly the bytes to a node, or -1.</summary>
    public int Token(int node) => _tokens[node];

    /// <summary>The next token of the same bytes, or -1.</summary>
    public int NextOfSame(int token) => _same[token];

    /// <summary>The child of a node by a byte, or -1.</summary>
    public int Child(int node, byte label)
    {
        for (var child = node + 1; child < _ends[node]; child = _ends[child])
        {
            if (_labels[child] == label)
                return child;
        }
        return -1;
    }

    // By the first eight bytes as a number, which tells nearly all tokens apart; the rest by comparing.
    private static int[] Sort(byte[] bytes, int[] offsets)
    {
        List<int> order = [];
        List<ulong> keys = [];
        for (var token = 0; token < offsets.Length - 1; token++)
        {
            var span = bytes.AsSpan(offsets[token], offsets[token + 1] - offsets[token]);
            if (span.IsEmpty)
                continue;
            var key = 0UL;
            for (var i = 0; i < 8; i++)
                key = key << 8 | (i < span.Length ? span[i] : 0UL);
            order.Add(token);
            keys.Add(key);
        }
        var (sorted, sortedKeys) = (order.ToArray(), keys.ToArray());
        Array.Sort(sortedKeys, sorted);
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sortedKeys[end] == sortedKeys[start])
                end++;
            if (end - start > 1)
            {
                sorted.AsSpan(start, end - start).Sort((x, y) =>
                    bytes.AsSpan(offsets[x], offsets[x + 1] - offsets[x]).SequenceCompareTo(bytes.AsSpan(offsets[y], offsets[y + 1] - offsets[y])) is var byBytes and not 0 ? byBytes : x.CompareTo(y));
            }
            start = end;
        }
        return sorted;
    }
}
