using System.Text;

namespace Models.Onnx;

/// <summary>Reads the fields of one protocol buffers message, in order. Every length is checked against the message's end.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The current field as it stands in the message, its tag included.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Value of the current field where it is a varint; else 0.</summary>
    public long Integer { get; private set; }

    /// <summary>Contents of the current field where it is a string, bytes or a message; else empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The contents as text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The numbers of a repeated integer field, which a writer may pack into one or write one by one.</summary>
    public readonly IReadOnlyList<long> Integers
    {
        get
        {
            if (Bytes.IsEmpty) return [Integer];
            var (numbers, value, shift) = (new List<long>(), 0L, 0);
            foreach (var next in Bytes)
            {
                value |= (long)(next & 0x7F) << shift;
                shift += 7;
                if (next >= 0x80) continue;
                numbers.Add(value);
                (value, shift) = (0, 0);
            }
            return numbers;
        }
    }

    /// <summary>Goes on to the next field; false at the end.</summary>
    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty) return false;
        var start = _rest;
        var tag = Varint();
        Field = (int)(tag >> 3 & 0x1FFFFFFF);
        Integer = 0;
        Bytes = default;
        switch (tag & 7)
        {
            case 0: Integer = (long)Varint(); break;
            case 1: Bytes = Take(8); break;
            case 2: Bytes = Take(Varint()); break;
            case 5: Bytes = Take(4); break;
            default: throw new FormatException($"field {Field} has the unknown wire type {tag & 7}");
        }
        Raw = start[..(start.Length - _rest.Length)];
        return true;
    }

    /// <summary>The numbers of a packed list of varints.</summary>
    /// <exception cref="FormatException">The bytes are not such a list.</exception>
    public static List<long> Packed(ReadOnlySpan<byte> list)
    {
        List<long> values = [];
        var reader = new ProtobufReader(list);
        while (!reader._rest.IsEmpty) values.Add((long)reader.Varint());
        return values;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new FormatException("a varint is longer than ten bytes");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length) throw new FormatException("a field reaches past the end");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
