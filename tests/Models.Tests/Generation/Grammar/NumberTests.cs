using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Models.Generation.Grammar;

namespace Models.Tests.Generation.Grammar;

/// <summary>Bounds of numbers are exact: the automaton agrees with decimal arithmetic on every number near them.</summary>
public sealed class NumberTests
{
    // Short numbers, so that bounds and candidates often meet.
    private static readonly Gen<decimal> Numbers =
        from digits in Gen.Choose(-1200, 1200)
        from scale in Gen.Elements(1m, 1m, 0.1m, 0.01m, 10m)
        select digits * scale;

    [Fact]
    public void FromJsonSchema_AnyBounds_AdmitExactlyTheNumbersWithin()
    {
        var cases =
            from low in Numbers
            from high in Numbers
            from lowKeyword in Gen.Elements("minimum", "exclusiveMinimum", "title")
            from highKeyword in Gen.Elements("maximum", "exclusiveMaximum", "title")
            from divisor in Gen.Elements(0m, 0m, 1m, 3m, 0.5m, 0.25m, 40m)
            from isInteger in Gen.Elements(true, false)
            from candidates in Numbers.ListOf(30)
            select (low, high, lowKeyword, highKeyword, divisor, isInteger, candidates: candidates.Append(low).Append(high));
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var (low, high, lowKeyword, highKeyword, divisor, isInteger, candidates) = one;
            var schema = $$"""{"type": "{{(isInteger ? "integer" : "number")}}", "{{lowKeyword}}": {{Text(low)}}, "{{(highKeyword == "title" ? "description" : highKeyword)}}": {{Text(high)}}, {{(divisor == 0 ? "\"default\": 0" : $"\"multipleOf\": {Text(divisor)}")}}}""";
            bool IsWithin(decimal x) =>
                (lowKeyword == "title" || (lowKeyword == "minimum" ? x >= low : x > low))
                && (highKeyword == "title" || (highKeyword == "maximum" ? x <= high : x < high))
                && (divisor == 0 || x % divisor == 0) && (!isInteger || x % 1 == 0);
            CompiledGrammar grammar;
            try
            {
                grammar = GrammarCompiler.FromJsonSchema(JsonDocument.Parse(schema).RootElement);
            }
            catch (GrammarException e)
            {
                Assert.Contains("no reachable end", e.Message);
                Assert.DoesNotContain(candidates, IsWithin);
                return;
            }
            foreach (var candidate in candidates)
                Assert.True(grammar.Accepts(Text(candidate)) == IsWithin(candidate), $"{schema} and {Text(candidate)}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    private static string Text(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
