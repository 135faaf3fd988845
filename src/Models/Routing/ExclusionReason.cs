namespace Models.Routing;

/// <summary>Why a target cannot answer a turn.</summary>
public enum ExclusionReason
{
    /// <summary>Another one was asked for by name.</summary>
    NotAsked,

    /// <summary>A rule of the owner keeps it out.</summary>
    Rule,

    /// <summary>Whom the turn is for may not use it.</summary>
    Person,

    /// <summary>The profile keeps it out.</summary>
    Profile,

    /// <summary>Offline mode is on, and it is elsewhere.</summary>
    Offline,

    /// <summary>It may not see what is in the turn.</summary>
    Data,

    /// <summary>It computes somewhere the owner does not allow, or nobody said where.</summary>
    Region,

    /// <summary>It may keep what it is sent.</summary>
    Retention,

    /// <summary>It does not read pictures.</summary>
    Images,

    /// <summary>It does not call tools.</summary>
    Tools,

    /// <summary>The conversation does not fit its window.</summary>
    Window,

    /// <summary>This machine has not the memory for it.</summary>
    Memory,

    /// <summary>Its price is not known.</summary>
    Price,

    /// <summary>The worst case would cost more than there is.</summary>
    Budget,

    /// <summary>It failed often, and is left alone for a while.</summary>
    Failing,

    /// <summary>It said itself to come back later, or what it said will not change soon.</summary>
    CoolingDown,

    /// <summary>As many calls as it takes are under way.</summary>
    Busy,

    /// <summary>It runs on this machine, which is hot or low on battery, and is spared.</summary>
    Spared,

    /// <summary>What is known of it makes no sense.</summary>
    Broken,

    /// <summary>It is no better than the one whose answer was not good enough.</summary>
    NotBetter,
}
