using System.Text.Json;
using Microsoft.Extensions.AI;
using Models;
using Models.Generation;
using Runtime.Reflexes;
using Runtime.Reflexes.Taught;
using Runtime.Sessions;
using Runtime.Skills.Triggers;
using Runtime.Tools;
using Runtime.Tools.Skills;
using Runtime.Workspaces;

namespace Runtime.Agents.Turns;

/// <summary>
/// One turn, step by step: what the model is told, its answer, the tools it calls, and again, until it answers without calling. Each line
/// is on the disk before what follows from it begins: a call before its tool, a result before the model hears of it. For one turn.
/// </summary>
/// <param name="turn">The turn.</param>
/// <param name="agent">Whose it is.</param>
/// <param name="services">What turns work with.</param>
/// <param name="reflexes">What needs no model; null for nothing.</param>
/// <param name="tell">Hears what happens.</param>
internal sealed class TurnLoop(Turn turn, Agent agent, TurnServices services, TurnReflexes? reflexes, Action<TurnEvent> tell)
{
    private const string Length = "length", Stop = "stop", ToolUse = "toolUse";

    // The last step comes beyond the limit: the answer of a turn that was told to end must have its time.
    private static readonly TimeSpan LastStepLimit = TimeSpan.FromMinutes(2);

    private readonly LoopGuard _guard = new();
    private readonly long _began = services.Time.GetTimestamp();
    private readonly List<(SessionToolCall Call, ToolResult Result)> _calls = [];
    private TurnContext? _context;
    private string? _model;
    private ModelAnswer _answer = new();
    private bool _isWritten;

    /// <summary>True where the conversation has become too long for its model.</summary>
    public bool IsTooLong => _context is { IsCut: true };

    /// <summary>What a model made of a few words of the owner's, for as much as one call; null for anything else.</summary>
    public ReflexHabit? Habit { get; private set; }

    /// <summary>Runs it to its end.</summary>
    public async Task<TurnResult> RunAsync()
    {
        turn.StartedAt = services.Now;
        turn.StoppedBy = _began + (long)((agent.Settings.TurnLimit + LastStepLimit).TotalSeconds * services.Time.TimestampFrequency);
        tell(new TurnStarted(turn));
        using var time = new CancellationTokenSource(agent.Settings.TurnLimit + LastStepLimit, services.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(turn.Stopped, time.Token);
        try
        {
            if (await ReflexAsync(limit.Token) is { } reflexed) return Ended(TurnStatus.Ok, reflexed);
            var client = await services.Models.GetChatClientAsync(turn.Session.Settings.Model ?? agent.Settings.Model ?? services.DefaultModel, limit.Token);
            _model = client.GetService<ChatClientMetadata>()?.DefaultModelId;
            AgentFiles.Prepare(agent);
            await services.Tools.PrepareAsync(limit.Token);
            _context = TurnContext.Begin(turn, agent, services, client);
            var answer = await AnswerAsync(client, limit.Token);
            Habit = HabitOf(answer);
            return Ended(TurnStatus.Ok, answer);
        }
        catch (OperationCanceledException) when (turn.Stopped.IsCancellationRequested)
        {
            return Ended(TurnStatus.Aborted, WriteRest("aborted"));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Ended(TurnStatus.Failed, WriteRest("error")) with { Error = $"The turn took longer than {agent.Settings.TurnLimit.TotalMinutes:0} minutes and was stopped." };
        }
        catch (ModelException e)
        {
            return Ended(TurnStatus.Failed, WriteRest("error")) with { Error = e.Message, IsContextExceeded = e is GenerationException { IsContextExceeded: true } };
        }
    }

    // What somebody wishes in a few words may need no model. A tool is called as if a model had called it; where that fails, or somebody says
    // more meanwhile, a model goes on and reads what came of it.
    private async Task<SessionMessage?> ReflexAsync(CancellationToken cancellation)
    {
        if (reflexes?.Find(turn, agent) is not { } reflex) return null;
        if (reflex.Reflex.Action == Reflex.SayAction)
        {
            // The transcript says what the words stand for.
            turn.Session.Add(Line(SessionMessage.User, reflex.Instead) with { Origin = turn.Origin.Kept });
            return null;
        }
        (_model, turn.Step) = (reflex.By, 1);
        var result = new ToolResult("");
        if (reflex.Reflex.Tool is { } tool)
        {
            AgentFiles.Prepare(agent);
            _answer.Calls.Add(new FunctionCallContent($"reflex_{turn.RunId}", tool, reflex.Arguments()));
            result = await CallAsync(cancellation);
            (_answer, _isWritten) = (new ModelAnswer(), false);
            if (result is { IsError: true, IsRefused: false }) return null;
        }
        var text = result.IsRefused ? result.Text : reflexes.Answer(turn, agent, reflex, result.Text);
        if (text is null) return null;
        _answer.Text.Append(turn.Answer = text);
        tell(new TurnDelta(turn, text));
        if (turn.TryClose()) return Write(Stop);
        Write(ToolUse);
        return null;
    }

    private ReflexHabit? HabitOf(SessionMessage answer)
    {
        if (reflexes is null || !agent.Settings.HasReflexes || turn is not { Origin: { IsPerson: true, Person: null }, Joined.Count: 0, IsResumed: false } || _calls.Count > 1 || answer.StopReason != Stop) return null;
        if (_calls.Count == 0) return new ReflexHabit(turn.Text, answer.Text, turn.Session.Key);
        // What it found may be another thing tomorrow, and may be anybody's words.
        var (call, result) = _calls[0];
        return result.IsError || result.IsData ? null : new ReflexHabit(turn.Text, answer.Text, turn.Session.Key) { Tool = call.Name, Arguments = call.Arguments };
    }

    private async Task<SessionMessage> AnswerAsync(IChatClient client, CancellationToken cancellation)
    {
        await TriggerAsync(cancellation);
        while (true)
        {
            foreach (var message in turn.TakeSteering()) _context!.Add(message);
            turn.Step++;
            var isLast = turn.Step > agent.Settings.MostSteps || _guard.IsStuck || services.Time.GetElapsedTime(_began) > agent.Settings.TurnLimit;
            await StepAsync(client, isLast, cancellation);
            if (_answer.Calls.Count > 0 && !isLast)
            {
                await CallAsync(cancellation);
                continue;
            }
            // After tools something must be said; a model that does not gets one more chance, without tools.
            if (_answer.Text.ToString().Trim().Length == 0 && turn.Step > 1)
            {
                if (!isLast) await StepAsync(client, isLast: true, cancellation);
                if (_answer.Text.ToString().Trim().Length == 0) _answer.Text.Append("[The model gave no answer.]");
            }
            if (turn.TryClose(force: isLast)) return Write(_answer.Finish == ChatFinishReason.Length ? Length : Stop);
            // Somebody said something meanwhile: this answer stands, and another follows.
            _context!.Add(Write(ToolUse));
        }
    }

    // What a person said may call a skill by its words: the call is made as if the model had made it, with all that decides over calls, and the
    // model reads what came of it. Only for a person's own words, and not again where a turn goes on after a restart.
    private async Task TriggerAsync(CancellationToken cancellation)
    {
        if (turn.Origin is not { Depth: 0, IsTainted: false }) return;
        var allowed = services.Tools.For(agent.Id, turn.Origin.Channel, turn.Origin.Person);
        if (!allowed.Any(t => t.Name == SkillRunTool.ToolName)) return;
        if (SkillTrigger.Find(agent.Skills.List(), turn.Text) is not { } trigger || turn.Session.Read().Any(m => m.RunId == turn.RunId && m.Role == SessionMessage.Assistant)) return;
        turn.Step++;
        _answer.Calls.Add(new FunctionCallContent($"trigger_{turn.RunId}", SkillRunTool.ToolName, new Dictionary<string, object?> { ["name"] = trigger.Skill, ["arguments"] = trigger.Input }));
        await CallAsync(cancellation);
        _answer = new ModelAnswer();
    }

    // One answer of the model, with what makes sense to try again.
    private async Task StepAsync(IChatClient client, bool isLast, CancellationToken cancellation)
    {
        for (var tries = 0; ;)
        {
            (_answer, _isWritten, turn.Answer) = (new ModelAnswer(), false, "");
            try
            {
                await foreach (var update in client.GetStreamingResponseAsync(_context!.Messages(isLast), _context!.Options(isLast), cancellation)) Hear(update);
                return;
            }
            catch (GenerationException e) when (e.IsContextExceeded && !_answer.HasBegun)
            {
                if (!_context!.Shrink()) throw;
            }
            catch (ModelException e) when (!_answer.HasBegun && RetryRule.After(e, tries) is { } wait)
            {
                tries++;
                await Task.Delay(wait, services.Time, cancellation);
            }
        }
    }

    private void Hear(ChatResponseUpdate update)
    {
        _answer.Take(update);
        var reasoning = string.Concat(update.Contents.OfType<TextReasoningContent>().Select(r => r.Text));
        if (reasoning.Length > 0) tell(new TurnReasoning(turn, reasoning));
        if (update.Text.Length == 0) return;
        turn.Answer = _answer.Text.ToString();
        tell(new TurnDelta(turn, update.Text));
    }

    private async Task<ToolResult> CallAsync(CancellationToken cancellation)
    {
        var said = Write(ToolUse);
        _context?.Add(said);
        tell(new TurnCalled(turn, said));
        var last = new ToolResult("");
        foreach (var (call, original) in said.ToolCalls.Zip(_answer.Calls))
        {
            tell(new TurnToolStarted(turn, call));
            ToolResult result;
            try
            {
                result = _guard.See(call, await CallAsync(call, ToCall(original).Arguments, cancellation));
            }
            catch (OperationCanceledException)
            {
                WriteResult(call, ToolResult.Error("[Stopped before it was done. Whether it took effect is not known.]"));
                throw;
            }
            WriteResult(call, last = result);
            _calls.Add((call, result));
        }
        return last;
    }

    private async Task<ToolResult> CallAsync(SessionToolCall call, string json, CancellationToken cancellation)
    {
        ToolArguments arguments;
        try { arguments = ToolArguments.Parse(json); }
        catch (ToolException e) { return ToolResult.Error(e.Message); }
        return await services.Tools.CallAsync(call.Name, arguments, new ToolContext
        {
            Agent = agent.Id,
            SessionKey = turn.Session.Key,
            RunId = turn.RunId,
            CallId = call.Id,
            Files = agent.Files,
            Channel = turn.Origin.Channel,
            Person = turn.Origin.Person,
            // Who is not the owner may have written anything.
            IsTainted = turn.Session.IsTainted || turn.Origin.IsTainted || turn.Origin.Person is not null,
            Depth = turn.Origin.Depth,
            TimeLeft = agent.Settings.TurnLimit - services.Time.GetElapsedTime(_began),
            // What another turn said is no person's word.
            Said = turn.Origin.Depth == 0 ? turn.Text : "",
            Progress = text => tell(new TurnToolProgress(turn, call, text)),
        }, cancellation);
    }

    private void WriteResult(SessionToolCall call, ToolResult raw)
    {
        var result = raw with { Text = SecretText.Redact(raw.Text) };
        var line = turn.Session.Add(Line(SessionMessage.Tool, result.Text) with { ToolCallId = call.Id, ToolName = call.Name, IsError = result.IsError, IsData = result.IsData })!;
        _context?.Add(line);
        tell(new TurnToolEnded(turn, call, result, line));
    }

    private SessionMessage Write(string reason)
    {
        var line = turn.Session.Add(Line(SessionMessage.Assistant, _answer.Text.ToString()) with
        {
            Model = _answer.Model ?? _model,
            InputTokens = _answer.Usage?.InputTokenCount ?? 0,
            OutputTokens = _answer.Usage?.OutputTokenCount ?? 0,
            StopReason = reason,
            ToolCalls = reason == ToolUse ? [.. _answer.Calls.Select(ToCall).Select(c => c with { Arguments = RedactArguments(c.Arguments) })] : [],
        })!;
        _isWritten = true;
        return line;
    }

    // What was said of an answer that did not come to its end.
    private SessionMessage? WriteRest(string reason)
    {
        turn.TryClose(force: true);
        if (_answer.Text.Length > 0 && !_isWritten) return Write(reason);
        turn.Session.EndRun(turn.RunId, reason);
        return null;
    }

    // What is kept of a call has no secrets in it; where taking them out would spoil the JSON, nothing is kept.
    private static string RedactArguments(string json)
    {
        var clean = SecretText.Redact(json);
        if (ReferenceEquals(clean, json)) return json;
        try
        {
            JsonElement.Parse(clean);
            return clean;
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    private SessionMessage Line(string role, string text) => new(Guid.NewGuid().ToString(), 0, services.Now, role, text) { RunId = turn.RunId };

    private TurnResult Ended(TurnStatus status, SessionMessage? answer) => new(status, answer, services.Now);

    private static SessionToolCall ToCall(FunctionCallContent call)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
            {
                writer.WritePropertyName(name);
                // As it came: half a character in it is the tool's to refuse.
                if (value is JsonElement element) writer.WriteRawValue(element.GetRawText());
                else if (value is null) writer.WriteNullValue();
                else if (value is bool flag) writer.WriteBooleanValue(flag);
                else if (value is int or long) writer.WriteNumberValue(Convert.ToInt64(value));
                else if (value is double number) writer.WriteNumberValue(number);
                else writer.WriteStringValue(value.ToString());
            }
            writer.WriteEndObject();
        }
        return new SessionToolCall(call.CallId, call.Name, System.Text.Encoding.UTF8.GetString(json.ToArray()));
    }
}
