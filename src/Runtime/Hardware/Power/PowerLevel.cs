namespace Runtime.Hardware.Power;

/// <summary>How much the machine should be spared.</summary>
public enum PowerLevel
{
    /// <summary>Not at all.</summary>
    Normal,

    /// <summary>A little: steps of models rest a third of their time, and what nobody waits for waits.</summary>
    Spare,

    /// <summary>Much: steps rest as long as they take, half the threads, and jobs wait too.</summary>
    Save,

    /// <summary>As much as can be: steps rest three times as long as they take, one thread.</summary>
    Least,
}
