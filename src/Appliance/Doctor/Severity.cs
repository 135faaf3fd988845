namespace Appliance.Doctor;

/// <summary>How much a finding matters, from the least.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Works, but not as well or as safely as it could.</summary>
    Warning,

    /// <summary>Does not work, or lets somebody in.</summary>
    Critical,
}
