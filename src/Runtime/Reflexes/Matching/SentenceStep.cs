namespace Runtime.Reflexes.Matching;

/// <summary>What a step of a sentence does.</summary>
internal enum SentenceOp : byte
{
    /// <summary>The word of that number comes.</summary>
    Word,

    /// <summary>Something for the slot of that number comes.</summary>
    Slot,

    /// <summary>Goes on with the next step, and with that one where this leads nowhere.</summary>
    Split,

    /// <summary>Goes on with that step.</summary>
    Jump,

    /// <summary>The sentence is over.</summary>
    End,
}

/// <summary>One step of a sentence that is looked for.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Argument">With which.</param>
internal readonly record struct SentenceStep(SentenceOp Op, int Argument);
