namespace Runtime.Agents.Turns;

/// <summary>What becomes of a message that comes while a turn of its session runs or waits.</summary>
public enum QueueMode
{
    /// <summary>A turn of its own, after the others.</summary>
    Followup,

    /// <summary>The running turn sees it at its next step.</summary>
    Steer,

    /// <summary>Joins the messages that wait, which are answered together.</summary>
    Collect,

    /// <summary>Stops the turns before it, and begins.</summary>
    Interrupt,
}
