using Models.Generation.Grammar.Automata;

namespace Models.Generation.Grammar.Json;

/// <summary>
/// JSON numbers (RFC 8259, section 6) as an automaton, exact in every bound. Numbers are written with at most 15 digits (or as many as
/// a bound has), so that a reader of 64-bit floating point compares them as we do; an exponent of at most two digits is written
/// only where nothing bounds the number. Negative zero is not written.
/// </summary>
internal static class NumberAutomaton
{
    private const int Digits = 15;
    private const int MaxBoundDigits = 60;
    private const int MaxDivisor = 10_000;

    // Symbols beyond the ten digits.
    private const int Minus = 10, Point = 11, Exponent = 12, Plus = 13, Symbols = 14;

    /// <summary>Any integer.</summary>
    public static readonly ByteAutomaton AnyInteger = Build(NumberBounds.None with { MultipleOf = new(1, 0) }, new WorkBudget());

    /// <summary>Any number.</summary>
    public static readonly ByteAutomaton AnyNumber = Build(NumberBounds.None, new WorkBudget());

    private enum Phase
    {
        Start,
        Signed,
        Zero,
        Integer,
        Point,
        Fraction,
        Exponent,
        ExponentSigned,
        ExponentDigit,
        ExponentDigits,
    }

    /// <summary>The numbers, or the integers, within bounds.</summary>
    /// <exception cref="GrammarException">A bound has too many digits, or a divisor needs too many remainders.</exception>
    public static ByteAutomaton Of(NumberBounds bounds, bool integer, WorkBudget budget)
    {
        if (bounds == NumberBounds.None)
            return integer ? AnyInteger : AnyNumber;
        return Build(integer ? bounds.MultiplesOf(new(1, 0)) : bounds, budget);
    }

    private static ByteAutomaton Build(NumberBounds bounds, WorkBudget budget)
    {
        var positive = new Magnitudes(bounds.AtLeast(ExactNumber.Zero, false), bounds);
        var mirrored = bounds with
        {
            Minimum = bounds.Maximum?.Negate(),
            MinimumExcluded = bounds.MaximumExcluded,
            Maximum = bounds.Minimum?.Negate(),
            MaximumExcluded = bounds.MinimumExcluded,
        };
        var negative = new Magnitudes(mirrored.AtLeast(ExactNumber.Zero, true), mirrored);
        var graph = StateGraph.Explore(
            new State(Phase.Start, false, 0, 0, 0, 0, 0).Pack(),
            Symbols,
            (state, symbol) => Step(State.Unpack(state), symbol, positive, negative)?.Pack(),
            state => State.Unpack(state) is var end && (end.Negative ? negative : positive).Accepts(end),
            budget);

        var builder = new ByteAutomatonBuilder(budget);
        for (var state = 0; state < graph.StateCount; state++)
            builder.AddState(graph.IsAccepting(state));
        for (var state = 0; state < graph.StateCount; state++)
        {
            var next = graph.Next(state);
            for (var symbol = 0; symbol < Symbols; symbol++)
            {
                if (next[symbol] < 0)
                    continue;
                var spelling = symbol switch { Minus => "-", Point => ".", Exponent => "eE", Plus => "+", _ => $"{(char)('0' + symbol)}" };
                foreach (var letter in spelling)
                    builder.AddEdge(state, letter, letter, next[symbol]);
            }
        }
        return builder.Build();
    }

    private static State? Step(State state, int symbol, Magnitudes positive, Magnitudes negative)
    {
        var magnitudes = state.Negative ? negative : positive;
        switch (state.Phase)
        {
            case Phase.Start when symbol == Minus:
                return state with { Phase = Phase.Signed, Negative = true };
            case Phase.Start or Phase.Signed when symbol < 10:
                return magnitudes.AddInteger(state, symbol) is { } begun ? begun with { Phase = symbol == 0 ? Phase.Zero : Phase.Integer } : null;
            case Phase.Integer when symbol < 10:
                return magnitudes.AddInteger(state, symbol);
            case Phase.Zero or Phase.Integer when symbol == Point && magnitudes.FractionAllowed:
                return magnitudes.EndInteger(state) with { Phase = Phase.Point };
            case Phase.Point or Phase.Fraction when symbol < 10:
                return magnitudes.AddFraction(state, symbol) is { } longer ? longer with { Phase = Phase.Fraction } : null;
            case Phase.Zero or Phase.Integer or Phase.Fraction when symbol == Exponent && magnitudes.ExponentAllowed && magnitudes.Accepts(state):
                return new State(Phase.Exponent, state.Negative, 0, state.Low, 0, 0, 0);
            case Phase.Exponent when symbol is Minus or Plus:
                return state with { Phase = Phase.ExponentSigned };
            case Phase.Exponent or Phase.ExponentSigned when symbol < 10:
                return state with { Phase = Phase.ExponentDigit };
            case Phase.ExponentDigit when symbol < 10:
                return state with { Phase = Phase.ExponentDigits };
            default:
                return null;
        }
    }

    /// <summary>
    /// How far a number is written: digits so far, how what is written compares with the digits of the bounds (-1, 0, 1), the digits
    /// behind the point as far as they matter, and the remainder.
    /// </summary>
    private readonly record struct State(Phase Phase, bool Negative, int Written, int Low, int High, int Behind, int Remainder)
    {
        public int[] Pack() => [(int)Phase, Negative ? 1 : 0, Written, Low, High, Behind, Remainder];

        public static State Unpack(int[] state) => new((Phase)state[0], state[1] == 1, state[2], state[3], state[4], state[5], state[6]);
    }

    /// <summary>The magnitudes allowed after one sign.</summary>
    private sealed class Magnitudes
    {
        private readonly NumberBounds _bounds;
        private readonly string _lowInteger, _lowFraction, _highInteger, _highFraction;
        private readonly int _maxDigits;
        private readonly int _divisor, _divisorScale;
        private readonly int _fractionDigits; // behind the point that are compared or divided

        public Magnitudes(NumberBounds bounds, NumberBounds all)
        {
            _bounds = bounds;
            (_lowInteger, _lowFraction) = Split(bounds.Minimum ?? ExactNumber.Zero);
            (_highInteger, _highFraction) = Split(bounds.Maximum ?? ExactNumber.Zero);
            if (bounds.Maximum is { } most && most.CompareTo(ExactNumber.Zero) < 0)
                _highInteger = ""; // no magnitude is below zero: every integer part is longer
            if (bounds.MultipleOf is { } divisor)
            {
                if (divisor.Unscaled > MaxDivisor || divisor.Scale > Digits)
                    throw new GrammarException($"'multipleOf' {divisor} needs more than {MaxDivisor:N0} remainders. Use a smaller or rounder divisor.", "multipleOf");
                (_divisor, _divisorScale) = ((int)divisor.Unscaled, divisor.Scale);
            }
            _maxDigits = Math.Max(Digits, Math.Max(_lowInteger.Length + _lowFraction.Length, _highInteger.Length + _highFraction.Length));
            _fractionDigits = Math.Max(_divisorScale, Math.Max(_lowFraction.Length, _highFraction.Length));
            FractionAllowed = _divisor == 0 || _divisorScale > 0;
            ExponentAllowed = all == NumberBounds.None;
        }

        public bool FractionAllowed { get; }

        public bool ExponentAllowed { get; }

        public State? AddInteger(State state, int digit)
        {
            if (state.Written == _maxDigits)
                return null;
            return state with
            {
                Written = state.Written + 1,
                Low = Compare(state.Low, digit, _lowInteger, state.Written),
                High = Compare(state.High, digit, _highInteger, state.Written),
                Remainder = _divisor == 0 ? 0 : (state.Remainder * 10 + digit) % _divisor,
            };
        }

        // Only now is the length of the integer part known: a shorter one is less, whatever its digits.
        public State EndInteger(State state) => state with
        {
            Low = ByLength(state.Low, state.Written, _lowInteger.Length),
            High = ByLength(state.High, state.Written, _highInteger.Length),
        };

        public State? AddFraction(State state, int digit)
        {
            if (state.Written == _maxDigits || _divisor != 0 && state.Behind == _divisorScale)
                return null;
            return state with
            {
                Written = state.Written + 1,
                Low = Compare(state.Low, digit, _lowFraction, state.Behind),
                High = Compare(state.High, digit, _highFraction, state.Behind),
                Behind = Math.Min(state.Behind + 1, _fractionDigits),
                Remainder = _divisor == 0 ? 0 : (state.Remainder * 10 + digit) % _divisor,
            };
        }

        public bool Accepts(State state)
        {
            switch (state.Phase)
            {
                case Phase.Zero or Phase.Integer:
                    state = EndInteger(state);
                    break;
                case Phase.ExponentDigit or Phase.ExponentDigits:
                    return true;
                case not Phase.Fraction:
                    return false;
            }
            // A bound with more digits behind the point is above what is written, for its last digit is not zero.
            var low = state.Low == 0 && state.Behind < _lowFraction.Length ? -1 : state.Low;
            var high = state.High == 0 && state.Behind < _highFraction.Length ? -1 : state.High;
            return (_bounds.Minimum is null || low > 0 || low == 0 && !_bounds.MinimumExcluded)
                && (_bounds.Maximum is null || high < 0 || high == 0 && !_bounds.MaximumExcluded)
                && (_divisor == 0 || Pad(state.Remainder, _divisorScale - state.Behind) == 0);
        }

        private int Pad(int remainder, int zeros)
        {
            for (; zeros > 0; zeros--)
                remainder = remainder * 10 % _divisor;
            return remainder;
        }

        private static int Compare(int order, int digit, string bound, int at) => order != 0 ? order : digit.CompareTo(at < bound.Length ? bound[at] - '0' : 0);

        private static int ByLength(int order, int written, int length) => written == length ? order : written.CompareTo(length);

        private static (string Integer, string Fraction) Split(ExactNumber number)
        {
            if (number.CompareTo(ExactNumber.Zero) <= 0)
                return ("0", "");
            var digits = number.Unscaled.ToString().PadLeft(number.Scale + 1, '0');
            if (digits.Length > MaxBoundDigits)
                throw new GrammarException($"A bound of a number has more than {MaxBoundDigits} digits. Use a rounder bound.");
            return (digits[..^number.Scale], digits[^number.Scale..]);
        }
    }
}
