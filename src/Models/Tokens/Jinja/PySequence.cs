namespace Models.Tokens.Jinja;

/// <summary>A list, tuple or range of Python. None of them can be changed, as the sandbox of transformers demands.</summary>
internal abstract class PySequence
{
    public abstract int Count { get; }

    public abstract object this[int index] { get; }

    /// <summary>A sequence of the same kind with other items.</summary>
    public abstract PySequence Slice(int start, int count, int step);

    public IEnumerable<object> Items
    {
        get
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }
    }
}

internal sealed class PyList(object[] items) : PySequence
{
    public override int Count => items.Length;

    public override object this[int index] => items[index];

    public override PyList Slice(int start, int count, int step) => new(Slicing.Pick(items, start, count, step));

    public PyList Concat(PyList other) => new([.. items, .. other.ToArray()]);

    public object[] ToArray() => items;
}

internal sealed class PyTuple(object[] items) : PySequence
{
    public override int Count => items.Length;

    public override object this[int index] => items[index];

    public override PyTuple Slice(int start, int count, int step) => new(Slicing.Pick(items, start, count, step));

    public PyTuple Concat(PyTuple other) => new([.. items, .. other.ToArray()]);

    public object[] ToArray() => items;
}

/// <summary>The integers <c>start</c>, <c>start + step</c>, … before <c>stop</c>, of which there are <c>count</c>.</summary>
internal sealed class PyRange(long start, long stop, long step, int count) : PySequence
{
    public override int Count => count;

    public long Start => start;

    public long Stop => stop;

    public long Step => step;

    public override object this[int index] => Values.Int(start + index * step);

    public override PyRange Slice(int at, int length, int stride)
    {
        var (first, distance) = (start + at * step, step * stride);
        return new(first, first + length * distance, distance, length);
    }
}
