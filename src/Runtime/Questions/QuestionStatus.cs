namespace Runtime.Questions;

/// <summary>What has become of a question.</summary>
public enum QuestionStatus
{
    /// <summary>It waits.</summary>
    Pending,

    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>Somebody called it off.</summary>
    Cancelled,

    /// <summary>Its time is over.</summary>
    Expired,
}
