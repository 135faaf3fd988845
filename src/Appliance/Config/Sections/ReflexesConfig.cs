namespace Appliance.Config.Sections;

/// <summary>Section <c>reflexes</c>, of the box and of an agent: what is answered without a model. Immutable.</summary>
internal sealed record ReflexesConfig(
    [property: Setting("Whether what is said in a few words that a reflex knows is done at once, without a model. Off for the box is off for every agent.", Hot = true)]
    bool Enabled = true);
