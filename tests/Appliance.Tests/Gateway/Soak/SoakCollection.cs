namespace Appliance.Tests.Gateway.Soak;

/// <summary>Alone in the process: what is measured there is the process's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SoakCollection
{
    public const string Name = "soak";
}
