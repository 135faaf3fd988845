namespace Models.Routing.Simulation;

/// <summary>How a model is for a while.</summary>
public enum Weather
{
    /// <summary>As it should be.</summary>
    Fine,

    /// <summary>It cannot be reached.</summary>
    Away,

    /// <summary>A sign-in page answers in its place.</summary>
    Captive,

    /// <summary>It is asked too often (429).</summary>
    Storm,

    /// <summary>It is in trouble (500).</summary>
    Broken,

    /// <summary>It does not take the key, or has no money left.</summary>
    Denying,

    /// <summary>Its answers drip.</summary>
    Loris,

    /// <summary>Its answers break off.</summary>
    Cutting,
}
