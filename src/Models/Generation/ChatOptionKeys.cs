namespace Models.Generation;

/// <summary>Names under which options and results that Microsoft.Extensions.AI has no member for travel in <c>AdditionalProperties</c>.</summary>
public static class ChatOptionKeys
{
    /// <summary><see cref="float"/>: <see cref="GenerationOptions.MinP"/>.</summary>
    public const string MinP = "min_p";

    /// <summary><see cref="float"/>: <see cref="GenerationOptions.RepetitionPenalty"/>.</summary>
    public const string RepetitionPenalty = "repetition_penalty";

    /// <summary><c>IReadOnlyDictionary&lt;int, float&gt;</c>: <see cref="GenerationOptions.LogitBias"/>.</summary>
    public const string LogitBias = "logit_bias";

    /// <summary><c>JsonObject</c>: further variables for the chat template, such as <c>enable_thinking</c>.</summary>
    public const string TemplateVariables = "chat_template_kwargs";

    /// <summary><see cref="Scheduling.RunPriority"/>: <see cref="GenerationOptions.Priority"/>.</summary>
    public const string Priority = "priority";

    /// <summary><see cref="GenerationTimings"/>, on the last update of a response.</summary>
    public const string Timings = "timings";

    /// <summary><see cref="int"/>: tokens of the prompt, on the first update of a response.</summary>
    public const string PromptTokens = "prompt_tokens";

    /// <summary><see cref="string"/>: which of the stop sequences ended the answer, on the last update where one did.</summary>
    public const string StopSequence = "stop_sequence";

    /// <summary><see cref="bool"/>, in options: <see cref="GenerationOptions.MeasureCertainty"/>. <see cref="AnswerCertainty"/>, on every update of a response then.</summary>
    public const string Certainty = "certainty";

    /// <summary>True, of a text in a response: it was to be a call of a tool, and is none.</summary>
    public const string MalformedCall = "malformed_call";

    /// <summary><c>Action&lt;int&gt;</c>, in options: hears of the bytes of every request that was sent elsewhere.</summary>
    public const string Sent = "sent";

    /// <summary><see cref="Routing.Classifying.TurnSource"/>: where a question to a router comes from.</summary>
    public const string Source = "source";
}
