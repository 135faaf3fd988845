namespace Trainer.Decoder;

/// <summary>What a parameter is for: it decides how it begins and whether it decays.</summary>
internal enum ParameterKind
{
    /// <summary>The tokens' vectors, which give the logits too.</summary>
    Embedding,

    /// <summary>A matrix that numbers pass through.</summary>
    Matrix,

    /// <summary>A matrix whose result is added to the stream of a token; it begins smaller the more layers there are.</summary>
    Residual,

    /// <summary>The gain of an RMSNorm; begins at one.</summary>
    Gain,
}
