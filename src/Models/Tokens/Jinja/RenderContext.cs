using System.Runtime.CompilerServices;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>
/// One rendering: its variables, its clock, and what it may still spend. A template comes with a downloaded model, so it is not trusted:
/// the time and the memory it takes are bounded by a constant and a multiple of its input.
/// </summary>
internal sealed class RenderContext(TimeProvider clock)
{
    private const long FixedWork = 128_000_000;
    private const long WorkPerInputCharacter = 64;
    private const int WorkPerStep = 4;
    private const int WorkPerCharacter = 4;
    private const int WorkPerItem = 16;
    private const int ScannedPerWork = 8;
    private const int MaxCalls = 200;

    private Dictionary<string, object> _variables = [];
    private long _work = FixedWork;
    private int _calls;

    /// <summary>The line of the statement that runs.</summary>
    public int Line { get; set; } = 1;

    public DateTimeOffset Now => clock.GetLocalNow();

    /// <summary>Hands over the variables; longer ones allow more work.</summary>
    public void Provide(Dictionary<string, object> variables, long characters)
    {
        _variables = variables;
        _work += characters * WorkPerInputCharacter;
    }

    /// <summary>The value of a variable or global, or null.</summary>
    public object? Look(string name) => _variables.GetValueOrDefault(name) ?? Globals.All.GetValueOrDefault(name);

    public TemplateException Error(string message) => TemplateException.At(Line, message);

    /// <summary>Begins a statement.</summary>
    public void Enter(int line)
    {
        Line = line;
        Step();
    }

    /// <summary>Accounts for one small operation.</summary>
    public void Step() => Charge(WorkPerStep);

    /// <summary>Accounts for characters about to be produced.</summary>
    public void ChargeCharacters(long count) => Charge(count * WorkPerCharacter);

    /// <summary>Accounts for items of a collection about to be produced.</summary>
    public void ChargeItems(long count) => Charge(count * WorkPerItem);

    /// <summary>Accounts for characters that are only looked at.</summary>
    public void ChargeScan(long count) => Charge(count / ScannedPerWork);

    /// <summary>Accounts for a string and returns it.</summary>
    public string Produced(string text)
    {
        ChargeCharacters(text.Length);
        return text;
    }

    public void Write(StringBuilder output, string text)
    {
        ChargeCharacters(text.Length);
        output.Append(text);
    }

    public void EnterCall()
    {
        if (++_calls > MaxCalls) throw Error($"macros call each other more than {MaxCalls} levels deep.");
        EnsureStack();
    }

    public void LeaveCall() => _calls--;

    /// <summary>To be called where a recursion follows the nesting of values.</summary>
    public void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Error("values or calls are nested too deeply.");
    }

    private void Charge(long work)
    {
        if ((_work -= work) < 0) throw Error("it does far more work than its input accounts for, and was stopped.");
    }
}
