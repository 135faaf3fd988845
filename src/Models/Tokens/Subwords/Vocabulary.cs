using System.Numerics;

namespace Models.Tokens.Subwords;

/// <summary>
/// Byte strings and their ids, in one block of memory: a 152,000-token vocabulary takes about 3 MB. Immutable and safe for
/// several threads.
/// </summary>
internal sealed class Vocabulary
{
    private const uint IdMask = 0xFFFFFF;

    private readonly byte[] _bytes;
    private readonly int[] _starts; // by id, one more than there are ids; equal neighbours are an id that no token has
    private readonly uint[] _slots; // open addressing: the hash's top 8 bits and the id + 1 in the others, or 0

    private Vocabulary(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
        _slots = new uint[BitOperations.RoundUpToPowerOf2((uint)starts.Length * 3 / 2 + 2)];
        for (var id = 0; id < Size; id++)
            if (starts[id + 1] > starts[id])
                _slots[FindSlot(this[id], out var tag)] = tag | (uint)(id + 1);
    }

    /// <summary>One more than the largest id.</summary>
    public int Size => _starts.Length - 1;

    /// <summary>The bytes of a token; empty for an id that no token has.</summary>
    public ReadOnlySpan<byte> this[int id] =>
        (uint)id < (uint)Size ? _bytes.AsSpan(_starts[id].._starts[id + 1]) : default;

    /// <summary>The id of the token of exactly these bytes, or -1. Of two equal tokens the one with the larger id.</summary>
    public int Find(ReadOnlySpan<byte> token) => (int)(_slots[FindSlot(token, out _)] & IdMask) - 1;

    private int FindSlot(ReadOnlySpan<byte> token, out uint tag)
    {
        // HashCode is seeded per process, so a hostile file cannot choose colliding tokens.
        var hash = new HashCode();
        hash.AddBytes(token);
        var code = (uint)hash.ToHashCode();
        tag = code & ~IdMask; // spares the look at most other tokens
        var slot = (int)(code & (uint)(_slots.Length - 1));
        while (_slots[slot] != 0 && !((_slots[slot] & ~IdMask) == tag && this[(int)(_slots[slot] & IdMask) - 1].SequenceEqual(token)))
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }

    /// <summary>Collects tokens in any order.</summary>
    public sealed class Builder
    {
        private byte[] _bytes = new byte[4096];
        private int _used;
        private readonly List<(int Id, int Start, int Length)> _tokens = [];

        /// <summary>Adds a token.</summary>
        public void Add(int id, ReadOnlySpan<byte> token)
        {
            if (_used + token.Length > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + token.Length));
            token.CopyTo(_bytes.AsSpan(_used));
            _tokens.Add((id, _used, token.Length));
            _used += token.Length;
        }

        /// <summary>Builds the vocabulary.</summary>
        /// <exception cref="TokenizerException">An id is negative, used twice, or so large that most ids would be unused.</exception>
        public Vocabulary Build()
        {
            var size = 0;
            foreach (var (id, _, _) in _tokens)
            {
                if (id < 0 || id >= IdLimit(_tokens.Count))
                    throw new TokenizerException($"The tokenizer gives a token the id {id}, which is out of range for a vocabulary of {_tokens.Count} tokens. The file is damaged; fetch it again.");
                size = Math.Max(size, id + 1);
            }
            var order = new int[size]; // index into _tokens + 1
            for (var i = 0; i < _tokens.Count; i++)
            {
                ref var place = ref order[_tokens[i].Id];
                if (place != 0)
                    throw new TokenizerException($"The tokenizer gives the id {_tokens[i].Id} to two tokens. The file is damaged; fetch it again.");
                place = i + 1;
            }
            var bytes = new byte[_used];
            var starts = new int[size + 1];
            for (var id = 0; id < size; id++)
            {
                starts[id + 1] = starts[id];
                if (order[id] == 0)
                    continue;
                var (_, start, length) = _tokens[order[id] - 1];
                _bytes.AsSpan(start, length).CopyTo(bytes.AsSpan(starts[id]));
                starts[id + 1] += length;
            }
            return new Vocabulary(bytes, starts);
        }
    }

    /// <summary>Ids may have gaps, but not so many that a small file asks for a large table, and no more than 24 bits.</summary>
    public static int IdLimit(int tokens) => (int)Math.Min(2L * tokens + 65_536, IdMask);
}
