using Models.Tokens.Pipeline;

namespace Models.Tokens.Splitting;

/// <summary>Several steps, each cutting what the one before it left.</summary>
internal sealed class SequencePreTokenizer : PreTokenizer
{
    private readonly PreTokenizer[] _steps;

    /// <summary>Takes the steps in order.</summary>
    /// <exception cref="TokenizerException">A step comes after the one that makes bytes.</exception>
    public SequencePreTokenizer(PreTokenizer[] steps)
    {
        if (steps.SkipLast(1).Any(step => step.IsByteLevel))
            throw JsonFields.Unknown("pre-tokenizer", "Sequence with a step after ByteLevel");
        _steps = steps;
    }

    /// <inheritdoc/>
    public override bool IsByteLevel => _steps.Length > 0 && _steps[^1].IsByteLevel;

    /// <inheritdoc/>
    public override void Split(ReadOnlyMemory<char> piece, bool first, List<ReadOnlyMemory<char>> parts)
    {
        List<ReadOnlyMemory<char>> current = [piece];
        foreach (var step in _steps)
        {
            List<ReadOnlyMemory<char>> next = [];
            for (var i = 0; i < current.Count; i++)
                step.Split(current[i], first && i == 0, next);
            current = next;
        }
        parts.AddRange(current);
    }
}
