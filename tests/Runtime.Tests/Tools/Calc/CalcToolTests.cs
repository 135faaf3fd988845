using System.Globalization;
using Runtime.Tools;
using Runtime.Tools.Calc;

namespace Runtime.Tests.Tools.Calc;

public sealed class CalcToolTests
{
    [Fact]
    public async Task Calc_AskedByATool_RepeatsTheExpression()
    {
        using var bench = new ToolBench();
        Assert.Equal("15% of 80 = 12", await bench.OkAsync("calc", """{"expression":" 15% of 80 = ?"}"""));
        Assert.Equal("Nothing can be divided by zero.", await bench.ErrorAsync("calc", """{"expression":"1/(2-2)"}"""));
    }

    [Theory]
    [InlineData("0.1+0.2", "0.3")]
    [InlineData("12*7", "84")]
    [InlineData("2+3*4^2/8-1", "7")]
    [InlineData("(2+3)*4", "20")]
    [InlineData("-2^2", "-4")]
    [InlineData("2^3^2", "512")]
    [InlineData("2^-2", "0.25")]
    [InlineData("2**10", "1024")]
    [InlineData("1/3", "0.33333333")]
    [InlineData("1/3*3", "1")]
    [InlineData("10 % 3", "1")]
    [InlineData("17 mod 5", "2")]
    [InlineData("50%", "0.5")]
    [InlineData("15 percent of 80", "12")]
    [InlineData("80 + 15%", "92")]
    [InlineData("80 - 15%", "68")]
    [InlineData("100 * 5%", "5")]
    [InlineData("5% + 3", "3.05")]
    [InlineData("sqrt(16)", "4")]
    [InlineData("sqrt 2", "1.4142136")]
    [InlineData("√81 + 1", "10")]
    [InlineData("square root of 144", "12")]
    [InlineData("3² + 4²", "25")]
    [InlineData("5!", "120")]
    [InlineData("2 pi", "6.2831853")]
    [InlineData("2(3+4)", "14")]
    [InlineData("12 x 7", "84")]
    [InlineData("144 divided by 12", "12")]
    [InlineData("1,000 + 1", "1001")]
    [InlineData("1.000.000,5 * 2", "2000001")]
    [InlineData("3,5 * 2", "7")]
    [InlineData("0,125 * 8", "1")]
    [InlineData("1e3 + 1", "1001")]
    [InlineData("2^100", "1267650600228229401496703205376", "1.2676506e30")]
    [InlineData("12345678901234567890 * 2", "24691357802469135780")]
    [InlineData("round(2.5)", "3")]
    [InlineData("abs(-7)", "7")]
    [InlineData("log(1000)", "3")]
    [InlineData("8^(1/3)", "2")]
    public void Calculate_AnExpression_IsRight(string expression, string expected, string? about = null) => Assert.Equal(about ?? expected, Calculator.Calculate(expression));

    [Theory]
    [InlineData("5 km in mi", "3.106856 mi")]
    [InlineData("5km to miles", "3.106856 mi")]
    [InlineData("72 F in C", "22.222222 °C")]
    [InlineData("72°f in °c", "22.222222 °C")]
    [InlineData("100 degrees celsius in fahrenheit", "212 °F")]
    [InlineData("-40 C in F", "-40 °F")]
    [InlineData("0 K in C", "-273.15 °C")]
    [InlineData("10 in in cm", "25.4 cm")]
    [InlineData("10 in cm", "25.4 cm")]
    [InlineData("5 ft 10 in in cm", "177.8 cm")]
    [InlineData("5' 10\" to cm", "177.8 cm")]
    [InlineData("3 lb in kg", "1.36077711 kg")]
    [InlineData("2 cups in ml", "473.176473 ml")]
    [InlineData("1 gallon to liters", "3.785411784 l")]
    [InlineData("1 imperial gallon to l", "4.54609 l")]
    [InlineData("100 km/h in mph", "62.137119 mph")]
    [InlineData("100 kilometers per hour in miles per hour", "62.137119 mph")]
    [InlineData("3.6 km/h in m/s", "1 m/s")]
    [InlineData("90 minutes in hours", "1.5 h")]
    [InlineData("2 h 30 min in min", "150 min")]
    [InlineData("1.5 GB in MB", "1500 MB")]
    [InlineData("1 GiB in MiB", "1024 MiB")]
    [InlineData("100 Mbit in MB", "12.5 MB")]
    [InlineData("2 acres in m2", "8093.7128448 m2")]
    [InlineData("50 square meters in sq ft", "538.19552 ft2")]
    [InlineData("1 kWh in MJ", "3.6 MJ")]
    [InlineData("250 kcal in kJ", "1046 kJ")]
    [InlineData("3 * 2 km + 500 m", "6.5 km")]
    [InlineData("20 km / 5 km", "4")]
    [InlineData("20 cm + 10%", "22 cm")]
    public void Calculate_AMeasure_IsConverted(string expression, string expected) => Assert.Equal(expected, Calculator.Calculate(expression));

    [Theory]
    [InlineData("5 km in kg", "cannot be converted")]
    [InlineData("5 in km + 3 kg", "")]
    [InlineData("5 EUR in USD", "Rates of money")]
    [InlineData("5 blorks in km", "blorks is no unit")]
    [InlineData("5 km + 3", "only one of them has a unit")]
    [InlineData("5 km * 3 km", "cannot be multiplied")]
    [InlineData("20 C + 5 C", "Temperatures")]
    [InlineData("-300 C in F", "colder")]
    [InlineData("5 in mi in kg", "")]
    [InlineData("sqrt(-1)", "square root")]
    [InlineData("ln(0)", "logarithm")]
    [InlineData("1/0", "divided by zero")]
    [InlineData("0^-1", "divided by zero")]
    [InlineData("(-8)^(1/3)", "no real result")]
    [InlineData("10^400", "too large")]
    [InlineData("999!", "factorials")]
    [InlineData("2 +", "not complete")]
    [InlineData("(2", "parenthesis")]
    [InlineData("2) + 3", "cannot be read from here on: )")]
    [InlineData("hello", "hello is no unit")]
    [InlineData("1.2.3", "no number")]
    public void Calculate_WhatHasNoResult_SaysWhy(string expression, string why) => Assert.Contains(why, Assert.Throws<ToolException>(() => Calculator.Calculate(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Calculate_ALongOrDeepExpression_IsRefused()
    {
        Assert.Contains("characters", Assert.Throws<ToolException>(() => Calculator.Calculate(new string('1', 301))).Message, StringComparison.Ordinal);
        Assert.Contains("deeply", Assert.Throws<ToolException>(() => Calculator.Calculate(new string('(', 200))).Message, StringComparison.Ordinal);
        Assert.Contains("deeply", Assert.Throws<ToolException>(() => Calculator.Calculate(new string('-', 200) + "1")).Message, StringComparison.Ordinal);
    }

    // Prices and amounts: what paper gives.
    [Fact]
    public void Calculate_SumsAndProductsOfDecimals_AreExact()
    {
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            var scale = (decimal)Math.Pow(10, random.Next(5));
            var (x, y) = (random.Next(-1_000_000, 1_000_000) / scale, random.Next(-1_000_000, 1_000_000) / scale);
            foreach (var (sign, expected) in (IEnumerable<(char, decimal)>)[('+', x + y), ('-', x - y), ('*', x * y)])
                Assert.Equal(expected, decimal.Parse(Calculator.Calculate(string.Create(CultureInfo.InvariantCulture, $"{x} {sign} {y}")), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Calculate_AnyText_HasAResultOrAReason()
    {
        string[] pieces = ["1", "2.5", "1,000", "+", "-", "*", "/", "%", "^", "(", ")", "km", "in", "mi", "°C", "F", "of", "x", "sqrt", "pi", "e", "!", "²", " ", " ", "1e9", "999999999", ".", ",", "'", "\"", "log", "h", "min", "m/s", "to", "\0", "🙂", "0"];
        var random = new Random(8);
        for (var i = 0; i < 5000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            try { Assert.NotEqual("", Calculator.Calculate(text)); }
            catch (ToolException e) { Assert.NotEqual("", e.Message); }
        }
    }
}
