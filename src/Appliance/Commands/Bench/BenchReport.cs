using System.Text.Json.Serialization;

namespace Appliance.Commands.Bench;

/// <summary>What <c>bench --json</c> prints; rates and times are medians over the rounds.</summary>
internal sealed record BenchReport
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Tokens of the prompt that was measured.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens that were decoded.</summary>
    public required int GeneratedTokens { get; init; }

    /// <summary>How often.</summary>
    public required int Rounds { get; init; }

    /// <summary>Loading the model.</summary>
    public required double LoadMs { get; init; }

    /// <summary>Over a prompt that nothing is known of.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>One answer alone, without guessing ahead.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>The same with guessing ahead, where it repeats itself as often as this model's answer does.</summary>
    public required double DraftedTokensPerSecond { get; init; }

    /// <summary>Two, four and eight answers at once, all together.</summary>
    public required IReadOnlyList<StreamRate> Streams { get; init; }

    /// <summary>First token of a prompt that nothing is known of.</summary>
    public required double FirstTokenMs { get; init; }

    /// <summary>First token of a prompt that is known but for its last token.</summary>
    public required double WarmFirstTokenMs { get; init; }

    /// <summary>The same, the first time after the model was loaded again.</summary>
    public required double RestoredFirstTokenMs { get; init; }

    /// <summary>Mean watts while decoding; left out where the board does not say.</summary>
    public double? Watts { get; init; }

    /// <summary>Resident after loading.</summary>
    public required long LoadedBytes { get; init; }

    /// <summary>Most that was ever resident.</summary>
    public required long PeakBytes { get; init; }

    /// <summary>What of the installed models this box has room for.</summary>
    public required IReadOnlyList<ModelFit> Fits { get; init; }
}

/// <summary>Decoding of several answers at once.</summary>
internal sealed record StreamRate(int Streams, double TokensPerSecond);

/// <summary>Whether a model fits: with so many tokens of context and so many bytes, or not at all.</summary>
internal sealed record ModelFit(string Model, int? ContextLength, long? Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
