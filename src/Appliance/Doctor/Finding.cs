namespace Appliance.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Check">The check, in a word that stays the same.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="What">What is the case.</param>
/// <param name="Why">Why that matters; null where all is well.</param>
/// <param name="Remedy">What to do; null where there is nothing to do.</param>
internal sealed record Finding(string Check, Severity Severity, string What, string? Why = null, string? Remedy = null)
{
    /// <summary>Puts it right and says what it did; null where only a person can. Only what cannot lose anything.</summary>
    public Func<string>? Repair { get; init; }

    /// <summary>All is well.</summary>
    public static Finding Ok(string check, string what) => new(check, Severity.Ok, what);
}
