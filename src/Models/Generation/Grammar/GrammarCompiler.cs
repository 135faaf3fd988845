using System.Text.Json;

namespace Models.Generation.Grammar;

/// <summary>Makes grammars usable. Safe for several threads.</summary>
public static class GrammarCompiler
{
    /// <summary>A grammar of JSON values that are valid under a schema; see <see cref="GrammarExpression.JsonSchema"/>.</summary>
    /// <exception cref="GrammarException">A keyword is malformed or not supported (it is named), nothing is valid, or the schema explodes.</exception>
    public static CompiledGrammar FromJsonSchema(JsonElement schema, JsonSpacing spacing = JsonSpacing.Single) => Compile(GrammarExpression.JsonSchema(schema, spacing));

    /// <summary>A grammar of the texts that a regular expression matches as a whole; see <see cref="GrammarExpression.Regex"/>.</summary>
    /// <exception cref="GrammarException">The pattern is malformed, not supported (the construct is named), matches nothing, or explodes.</exception>
    public static CompiledGrammar FromRegex(string pattern) => Compile(GrammarExpression.Regex(pattern));

    /// <summary>A grammar by rules; see <see cref="GrammarExpression.Ebnf"/>.</summary>
    /// <exception cref="GrammarException">The grammar is malformed, left-recursive, has no reachable end, or explodes.</exception>
    public static CompiledGrammar FromEbnf(string grammar) => Compile(GrammarExpression.Ebnf(grammar));

    /// <summary>Compiles a grammar that was put together. Alternatives from which no end can be reached are left out.</summary>
    /// <exception cref="GrammarException">It has no reachable end, a rule begins with itself, or it is too large.</exception>
    public static CompiledGrammar Compile(GrammarExpression grammar) => new Matching.NodeBuilder(grammar).Build();
}
