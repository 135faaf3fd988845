using Models;

namespace Runtime.Schedule;

/// <summary>A job, or its time, that is none; the message says what is wrong and what to write instead.</summary>
public sealed class ScheduleException : ModelException
{
    /// <summary>Creates the error with its message.</summary>
    public ScheduleException(string message, Exception? inner = null) : base(message, inner) { }
}
