namespace Models.Generation;

/// <summary>
/// What an engine must be able to do: run the next tokens of some sequences together and give logits, over keys and values that it keeps.
/// Not safe for several threads.
/// </summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Columns of the logits.</summary>
    int VocabularySize { get; }

    /// <summary>Most tokens of one sequence.</summary>
    int Capacity { get; }

    /// <summary>Most sequences at once.</summary>
    int MostSequences { get; }

    /// <summary>Most tokens that <see cref="Run"/> takes, over all sequences.</summary>
    int MostTokens { get; }

    /// <summary>Most rows of logits that one run gives.</summary>
    int MostLogits { get; }

    /// <summary>A new sequence without tokens.</summary>
    ISequence CreateSequence();

    /// <summary>
    /// Runs tokens that follow what each sequence holds; room for them was reserved. Cancelling ends the run early with
    /// <see cref="OperationCanceledException"/>, and the sequences are as before.
    /// </summary>
    void Run(ReadOnlySpan<StepPart> parts, CancellationToken cancellation);

    /// <summary>Logits of one row of the last run: the rows of its parts in order. The caller may change them.</summary>
    Span<float> Logits(int row);
}

/// <summary>The keys and values of one sequence in an engine. Disposing leaves what was computed for others to reuse.</summary>
internal interface ISequence : IDisposable
{
    /// <summary>Tokens whose keys and values are there.</summary>
    int Length { get; }

    /// <summary>Takes over what was computed before for these tokens, which would come next; <see cref="Length"/> grows by as many as there were.</summary>
    void Reuse(ReadOnlySpan<int> tokens);

    /// <summary>Makes room for so many more tokens; false when there is none now.</summary>
    bool TryReserve(int tokens);

    /// <summary>The first tokens of the part that just ran belong to the sequence; the rest of that part is forgotten.</summary>
    void Commit(ReadOnlySpan<int> tokens);
}

/// <summary>One sequence's part of a run.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Tokens">What to run, at least one token.</param>
/// <param name="LogitRows">Of how many of the last tokens logits are wanted.</param>
internal readonly record struct StepPart(ISequence Sequence, ReadOnlyMemory<int> Tokens, int LogitRows);
