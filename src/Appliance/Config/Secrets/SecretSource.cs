namespace Appliance.Config.Secrets;

/// <summary>Kinds of places a secret can be.</summary>
internal enum SecretSource
{
    /// <summary>In the configuration file itself.</summary>
    Inline,

    /// <summary>In an environment variable.</summary>
    Environment,

    /// <summary>In a file, without the blanks around it.</summary>
    File,

    /// <summary>On the standard output of a program.</summary>
    Command,
}
