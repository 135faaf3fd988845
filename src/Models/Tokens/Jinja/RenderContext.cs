using System.Runtime.CompilerServices;
using System.Text;

namespace Models.Tokens.Jinja;

/// <summary>
/// One rendering: its variables, its clock, and what it may still spend. A template comes with a downloaded model, so it is not trusted:
/// the time and the memory it takes are bounded by a constant and a multiple of its variables.
/// </summary>
internal sealed class RenderContext(TimeProvider clock)
{
    // A unit of work takes some nanoseconds and makes one or two bytes.
    private const long FixedWork = 64_000_000;
    private const long WorkPerInputCharacter = 32;
    private const long MaxWork = 1_000_000_000;
    private const int WorkPerStep = 2;
    private const int WorkPerCharacter = 2;
    private const int WorkPerReference = 8;
    private const int WorkPerItem = 64;
    private const int ScannedPerWork = 8;
    private const int SearchedPerWork = 1024;
    private const int MaxCalls = 200;
    private const int MaxMessage = 2000;

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
        _work = Math.Min(MaxWork, FixedWork + characters * WorkPerInputCharacter);
    }

    /// <summary>The value of a variable or global, or null.</summary>
    public object? Look(string name) => _variables.GetValueOrDefault(name) ?? Globals.All.GetValueOrDefault(name);

    public TemplateException Error(string message) => TemplateException.At(Line, Cut(message));

    /// <summary>A message that a template made up, at a length a person reads.</summary>
    public static string Cut(string message) => message.Length <= MaxMessage ? message : message[..MaxMessage] + "…";

    /// <summary>Begins a statement.</summary>
    public void Enter(int line)
    {
        Line = line;
        Step();
    }

    /// <summary>Accounts for one small operation.</summary>
    public void Step() => Charge(1, WorkPerStep);

    /// <summary>Accounts for characters about to be produced.</summary>
    public void ChargeCharacters(long count) => Charge(count, WorkPerCharacter);

    /// <summary>Accounts for small values about to be produced.</summary>
    public void ChargeItems(long count) => Charge(count, WorkPerItem);

    /// <summary>Accounts for values that are only listed once more.</summary>
    public void ChargeReferences(long count) => Charge(count, WorkPerReference);

    /// <summary>Accounts for characters that are only looked at.</summary>
    public void ChargeScan(long count) => Charge(count / ScannedPerWork, 1);

    /// <summary>Accounts for the search of one text in another, at its worst.</summary>
    public void ChargeSearch(string text, string part) => Charge(text.Length / ScannedPerWork + (long)text.Length * part.Length / SearchedPerWork, 1);

    /// <summary>Accounts for arithmetic on large integers or on the digits of a float.</summary>
    public void ChargeLongArithmetic() => ChargeItems(8);

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

    private void Charge(long count, int work)
    {
        if (count > MaxWork || (_work -= count * work) < 0) throw Error("the template does far more work than its variables account for, and was stopped.");
    }
}
