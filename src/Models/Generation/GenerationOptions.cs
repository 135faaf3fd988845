using Models.Generation.Grammar;
using Models.Generation.Scheduling;

namespace Models.Generation;

/// <summary>How to generate. Validated by <see cref="Validate"/> before any work.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens to make; null goes on to the end of the context.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>0 is greedy; higher is more random.</summary>
    public float Temperature { get; init; }

    /// <summary>Sample among the k likeliest; 0 is off.</summary>
    public int TopK { get; init; }

    /// <summary>Sample among the likeliest that together reach this probability; 1 is off.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Leave out tokens less likely than this share of the likeliest; 0 is off.</summary>
    public float MinP { get; init; }

    /// <summary>Divides the logits of tokens already seen (Keskar et al. 2019); 1 is off.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted once from the logit of every token already made (OpenAI's presence_penalty); 0 is off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted per occurrence from the logit of every token already made (OpenAI's frequency_penalty); 0 is off.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of these tokens.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Makes sampling repeatable; null takes a random seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Strings that end the answer; never emitted.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>What the answer must be: tokens that do not fit are never chosen. Null leaves the model free.</summary>
    public CompiledGrammar? Grammar { get; init; }

    /// <summary>Special tokens whose text is part of the answer, such as the marks around a tool call; the others are left out.</summary>
    public IReadOnlySet<int>? ShownTokens { get; init; }

    /// <summary>Go on when the model says it is done; for measurements.</summary>
    public bool IgnoreEndOfAnswer { get; init; }

    /// <summary>Say with every token how likely it was to the model.</summary>
    public bool MeasureCertainty { get; init; }

    /// <summary>Who waits for it.</summary>
    public RunPriority Priority { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="GenerationException">A value is out of range; the message names it in the wire's spelling (max_tokens, top_p, …).</exception>
    public void Validate()
    {
        Require(MaxTokens is null or >= 0, "max_tokens", "must not be negative");
        Require(Temperature is >= 0 and <= 100, "temperature", "must be between 0 and 100");
        Require(TopK >= 0, "top_k", "must not be negative");
        Require(TopP is > 0 and <= 1, "top_p", "must be above 0 and at most 1");
        Require(MinP is >= 0 and <= 1, "min_p", "must be between 0 and 1");
        Require(RepetitionPenalty is > 0 and <= 100, "repetition_penalty", "must be above 0 and at most 100");
        Require(PresencePenalty is >= -100 and <= 100, "presence_penalty", "must be between -100 and 100");
        Require(FrequencyPenalty is >= -100 and <= 100, "frequency_penalty", "must be between -100 and 100");
        Require(!Stop.Any(string.IsNullOrEmpty), "stop", "must not hold an empty string");
    }

    private static void Require(bool condition, string parameter, string rule)
    {
        if (!condition) throw new GenerationException($"{parameter} {rule}.") { Parameter = parameter };
    }
}

/// <summary>An error of a generation: an option out of range, a prompt that does not fit.</summary>
public sealed class GenerationException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public GenerationException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>The option at fault, in the wire's spelling, or null.</summary>
    public string? Parameter { get; init; }

    /// <summary>Set when the model has too much to do: after this time it is worth another try.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when the prompt is longer than the context.</summary>
    public bool IsContextExceeded { get; init; }
}
