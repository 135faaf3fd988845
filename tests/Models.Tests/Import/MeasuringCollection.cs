namespace Models.Tests.Import;

/// <summary>Tests that measure what the process allocates run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuringCollection
{
    public const string Name = "measuring";
}
