using System.Diagnostics;

namespace Models.Generation;

/// <summary>What the models of this process have done since it began. The numbers only grow; differences over time are rates. Safe for several threads.</summary>
public static class GenerationMeter
{
    private static long _steps;
    private static long _computed;
    private static long _answered;
    private static long _ticks;

    /// <summary>Steps of all models.</summary>
    public static long Steps => Interlocked.Read(ref _steps);

    /// <summary>Tokens that went through a model: of prompts (what was known already does not), of answers, and guessed ones.</summary>
    public static long ComputedTokens => Interlocked.Read(ref _computed);

    /// <summary>Tokens of answers.</summary>
    public static long AnswerTokens => Interlocked.Read(ref _answered);

    /// <summary>Time inside steps; of two models that step at once, both.</summary>
    public static TimeSpan StepTime => TimeSpan.FromSeconds(Interlocked.Read(ref _ticks) / (double)Stopwatch.Frequency);

    /// <summary>Counts a step.</summary>
    internal static void Count(int computed, int answered, long ticks)
    {
        Interlocked.Increment(ref _steps);
        Interlocked.Add(ref _computed, computed);
        Interlocked.Add(ref _answered, answered);
        Interlocked.Add(ref _ticks, ticks);
    }
}
