namespace Appliance.Network.Tailscale;

/// <summary>Why Tailscale cannot be used as it is.</summary>
internal enum TailscaleFault
{
    /// <summary>There is no program of that name.</summary>
    NotInstalled,

    /// <summary>It is older than what this program works with.</summary>
    TooOld,

    /// <summary>Its daemon does not run.</summary>
    NoDaemon,

    /// <summary>Its daemon refuses this user.</summary>
    NoPermission,

    /// <summary>Nobody is logged in, or the machine waits for approval, or it is stopped.</summary>
    NotConnected,

    /// <summary>The rules of this box do not allow it.</summary>
    NotAllowed,

    /// <summary>Something else; the message has Tailscale's own words.</summary>
    Other,
}
