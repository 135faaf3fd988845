namespace Appliance.FirstBoot.Applying;

/// <summary>One thing that is set up: doing it again changes nothing.</summary>
/// <param name="What">What it sets, as a person reads it; never a secret.</param>
/// <param name="Do">Does it.</param>
internal sealed record FirstBootStep(string What, Action Do);
