namespace Models.Generation;

/// <summary>What an engine must be able to do: tokens in, logits of the last one out, over a cache that can be rewound. One caller at a time.</summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Columns of the logits.</summary>
    int VocabularySize { get; }

    /// <summary>Most tokens the cache holds.</summary>
    int Capacity { get; }

    /// <summary>Tokens whose keys and values are in the cache.</summary>
    int Position { get; }

    /// <summary>Logits after the last token, by token id; valid until the next run, and the sampler may change them.</summary>
    Span<float> Logits { get; }

    /// <summary>Forgets the tokens from <paramref name="position"/> on.</summary>
    void Rewind(int position);

    /// <summary>
    /// Runs the tokens through the model. Cancelling stops a run that is under way; <see cref="Position"/> then tells how far it came.
    /// </summary>
    /// <exception cref="GenerationException">The cache is full.</exception>
    void Run(ReadOnlySpan<int> tokens, CancellationToken cancellation);
}
