using System.Text;
using System.Text.Json;
using Models.Generation.Grammar.Automata;
using Models.Generation.Grammar.Json;
using Models.Generation.Grammar.Syntax;

namespace Models.Generation.Grammar;

/// <summary>
/// A part of a grammar, put together from others: a tool call of any model family is a literal prefix, a JSON value by a schema and a
/// literal suffix; several calls are a repetition; a free answer that may turn into calls is <see cref="FreeText"/>. Immutable and
/// safe for several threads. <see cref="GrammarCompiler.Compile"/> makes it usable.
/// </summary>
public abstract class GrammarExpression
{
    private protected GrammarExpression() { }

    internal virtual IReadOnlyList<GrammarExpression> Children => [];

    /// <summary>Exactly this text, spelled by ordinary tokens.</summary>
    public static GrammarExpression Literal(string text) => new TerminalExpression(Encoding.UTF8.GetBytes(text), new());

    /// <summary>
    /// Exactly this text as one special token, such as <c>&lt;|python_tag|&gt;</c>, where the vocabulary has a special token of that
    /// text; spelled by ordinary tokens where it has none.
    /// </summary>
    public static GrammarExpression SpecialToken(string text) => new TerminalExpression(Encoding.UTF8.GetBytes(text), new()) { Special = text };

    /// <summary>One after another; nothing at all where there is none.</summary>
    public static GrammarExpression Sequence(params IReadOnlyList<GrammarExpression> items) => new SequenceExpression([.. items]);

    /// <summary>Any one of several.</summary>
    public static GrammarExpression Choice(params IReadOnlyList<GrammarExpression> items) => new ChoiceExpression([.. items]);

    /// <summary>So many times in a row.</summary>
    /// <param name="body">What is repeated.</param>
    /// <param name="minimum">The fewest times, zero or more.</param>
    /// <param name="maximum">The most times; null without end.</param>
    public static GrammarExpression Repeat(GrammarExpression body, int minimum = 0, int? maximum = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimum);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum ?? int.MaxValue, minimum, nameof(maximum));
        return new RepeatExpression(body, minimum, maximum ?? int.MaxValue);
    }

    /// <summary>Once or not at all.</summary>
    public static GrammarExpression Optional(GrammarExpression body) => Repeat(body, 0, 1);

    /// <summary>
    /// A JSON value that is valid under a schema, JSON Schema draft 2020-12. What is generated is a subset of what is valid: declared
    /// properties come in the order of the schema; properties that are not declared only where <c>additionalProperties</c> is given (or
    /// there is no <c>properties</c>), after the declared ones, and their names may repeat; numbers have at most 15 digits (or as many as a bound); a string with a
    /// pattern spells each character in one way. <c>format</c> is an annotation, as in the draft's default vocabulary.
    /// </summary>
    /// <param name="schema">The schema; it may be disposed with its document afterwards.</param>
    /// <param name="spacing">The white space between values.</param>
    /// <exception cref="GrammarException">A keyword is malformed or not supported (it is named), or nothing is valid.</exception>
    public static GrammarExpression JsonSchema(JsonElement schema, JsonSpacing spacing = JsonSpacing.Single) => SchemaCompiler.Compile(schema, spacing);

    /// <summary>
    /// Text that a regular expression matches as a whole (ECMA-262 with the <c>u</c> flag, without look-around, back-references and word
    /// boundaries). <c>^</c> and <c>$</c> may be written and change nothing.
    /// </summary>
    /// <exception cref="GrammarException">The pattern is malformed, not supported (the construct is named) or too large.</exception>
    public static GrammarExpression Regex(string pattern)
    {
        var budget = new WorkBudget();
        return new TerminalExpression(Utf8Automaton.OfText(CodePointAutomaton.Of(RegexParser.Parse(pattern), budget), budget));
    }

    /// <summary>
    /// Text by the rule <c>root</c> of a small EBNF: <c>name ::= alternatives</c> with <c>|</c>, literals in double quotes, classes
    /// <c>[a-z]</c> and <c>[^a-z]</c>, <c>.</c> for any character, groups, <c>* + ? {m,n}</c>, references to rules, and comments from
    /// <c>#</c> to the end of a line. Literals and classes know the escapes <c>\n \r \t \\ \" \[ \] \- \^ \xHH \uHHHH \UHHHHHHHH</c>.
    /// Rules may refer to themselves, but not at their own beginning (left recursion).
    /// </summary>
    /// <exception cref="GrammarException">The grammar is malformed, left-recursive or too large.</exception>
    public static GrammarExpression Ebnf(string grammar) => EbnfCompiler.Compile(grammar);

    /// <summary>
    /// Any text, until one of several triggers stands in it; from there what follows that trigger binds. The first trigger to be
    /// complete counts, and among those that end together the longest. A special token with the text of a trigger is that trigger.
    /// </summary>
    /// <param name="triggers">Texts such as <c>&lt;tool_call&gt;</c>, each with what must follow it.</param>
    /// <param name="resumes">Whether free text goes on after what a trigger began, and another trigger may come.</param>
    /// <exception cref="GrammarException">A trigger is empty, or they are too long.</exception>
    public static GrammarExpression FreeText(IReadOnlyList<(string Trigger, GrammarExpression Then)> triggers, bool resumes = false)
    {
        var budget = new WorkBudget();
        var texts = triggers.Select(trigger => Encoding.UTF8.GetBytes(trigger.Trigger)).ToArray();
        var free = new TerminalExpression(TriggerAutomaton.Without(texts, budget));
        var bound = triggers.Select((trigger, i) => Sequence(
            new TerminalExpression(TriggerAutomaton.Until(texts, i, budget)) { Special = trigger.Trigger, SpecialAnywhere = true },
            trigger.Then)).ToArray();
        return resumes ? Sequence(Repeat(Choice(bound)), free) : Choice([free, .. bound]);
    }
}
