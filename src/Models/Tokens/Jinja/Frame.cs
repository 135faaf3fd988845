namespace Models.Tokens.Jinja;

/// <summary>Where a variable lives: a slot of the frame that many functions further out.</summary>
internal readonly record struct Reference(int Hops, int Slot);

/// <summary>The variables of one call of the template or of a macro. An empty slot is an undefined variable.</summary>
internal sealed class Frame(RenderContext context, Frame? outer, int slots)
{
    private readonly object?[] _slots = new object?[slots];

    public RenderContext Context => context;

    public object? Read(Reference reference) => At(reference.Hops)._slots[reference.Slot];

    public void Write(Reference reference, object? value) => At(reference.Hops)._slots[reference.Slot] = value;

    private Frame At(int hops)
    {
        var frame = this;
        for (; hops > 0; hops--) frame = frame.Outer;
        return frame;
    }

    private Frame Outer => outer!;
}
