using System.Globalization;

namespace Runtime.Tools.Calc;

/// <summary>
/// The units that are known. International yard and pound (1959), US measures of volume where a name has several, bytes by SI and IEC; a
/// year has 365.25 days. Immutable once made; made when first used.
/// </summary>
internal static class Units
{
    public const string Temperature = "temperature";

    // A kind, then its units: symbol=factor, then other names. A name is looked up as it is written, then in small letters.
    private const string Table = """
        length: m=1 meter metre; km=1000 kilometer kilometre; dm=0.1; cm=0.01 centimeter centimetre; mm=0.001 millimeter millimetre; µm=0.000001 um micron; nm=0.000000001
        length: in=0.0254 inch inches inche zoll "; ft=0.3048 foot feet '; yd=0.9144 yard; mi=1609.344 mile meile meilen; nmi=1852 nauticalmile; ly=9460730472580800 lightyear
        mass: kg=1 kilogram kilo; g=0.001 gram gramm; mg=0.000001 milligram; µg=0.000000001 ug; t=1000 tonne tonnen metricton; lb=0.45359237 lbs pound; oz=0.028349523125 ounce; st=6.35029318 stone; ton=907.18474 shortton
        temperature: °C=1 C c °c celsius degc; °F=1 F f °f fahrenheit degf; K=1 kelvin
        volume: l=1 L liter litre; ml=0.001 milliliter millilitre; cl=0.01; dl=0.1; hl=100; m3=1000 m³ cum cubicmeter cubicmetre; cm3=0.001 cm³ cc; ft3=28.316846592 ft³ cuft cubicfoot cubicfeet; in3=0.016387064 in³ cuin cubicinch
        volume: gal=3.785411784 gallon usgallon; qt=0.946352946 quart; pt=0.473176473 pint; cup=0.2365882365; floz=0.0295735295625 fluidounce; tbsp=0.01478676478125 tablespoon; tsp=0.00492892159375 teaspoon; impgal=4.54609 imperialgallon ukgallon; imppt=0.56826125 imperialpint ukpint; bbl=158.987294928 barrel
        speed: m/s=1 mps meter/second metre/second; km/h=0.27777777777777777777777778 kmh kph km/hour kilometer/hour kilometre/hour; mph=0.44704 mi/h mile/hour; kn=0.51444444444444444444444444 knot kt kts; ft/s=0.3048 fps feet/second foot/second
        time: s=1 sec second sekunde sekunden; ms=0.001 millisecond; µs=0.000001 us; min=60 minute minuten; h=3600 hour hr hrs stunde stunden; d=86400 day tag tage; wk=604800 week woche wochen; yr=31557600 year jahr jahre
        data: B=1 byte; bit=0.125 b; kB=1000 KB kb kilobyte; MB=1000000 mb megabyte; GB=1000000000 gb gigabyte; TB=1000000000000 tb terabyte; PB=1000000000000000 pb petabyte; KiB=1024 kib; MiB=1048576 mib; GiB=1073741824 gib; TiB=1099511627776 tib; kbit=125 Kbit; Mbit=125000 Mb; Gbit=125000000 Gb
        area: m2=1 m² sqm squaremeter squaremetre; km2=1000000 km² sqkm squarekilometer squarekilometre; cm2=0.0001 cm² sqcm; mm2=0.000001 mm²; ha=10000 hectare hektar; acre=4046.8564224; ft2=0.09290304 ft² sqft squarefoot squarefeet; in2=0.00064516 in² sqin squareinch; yd2=0.83612736 yd² sqyd squareyard; mi2=2589988.110336 mi² sqmi squaremile
        energy: J=1 joule; kJ=1000 kilojoule; MJ=1000000 megajoule; Wh=3600 watthour; kWh=3600000 kwh kilowatthour; MWh=3600000000; cal=4.184 calorie; kcal=4184 kilocalorie Cal; BTU=1055.05585262 btu
        power: W=1 watt; kW=1000 kilowatt; MW=1000000 megawatt; hp=745.69987158227022 horsepower; PS=735.49875
        pressure: Pa=1 pascal; hPa=100 mbar; kPa=1000; bar=100000; psi=6894.757293168; atm=101325 atmosphere; mmHg=133.322387415
        """;

    private static readonly Lazy<Dictionary<string, Unit>> ByName = new(Read);

    /// <summary>The unit of that name, in the singular or the plural, or null.</summary>
    public static Unit? Find(string name)
    {
        var (units, small) = (ByName.Value, name.ToLowerInvariant());
        return units.GetValueOrDefault(name) ?? units.GetValueOrDefault(small)
            ?? (small.Length > 3 ? units.GetValueOrDefault(small.Replace("/hr", "/hour", StringComparison.Ordinal)) ?? Singular(small) : null);

        Unit? Singular(string plural)
        {
            var words = plural.Split('/');
            words[0] = words[0].EndsWith('s') ? words[0][..^1] : words[0];
            return units.GetValueOrDefault(string.Join('/', words));
        }
    }

    private static Dictionary<string, Unit> Read()
    {
        var units = new Dictionary<string, Unit>(StringComparer.Ordinal);
        foreach (var line in Table.Split('\n'))
        {
            var kind = line[..line.IndexOf(':')];
            foreach (var entry in line[(kind.Length + 1)..].Split(';'))
            {
                var names = entry.Split([' ', '='], StringSplitOptions.RemoveEmptyEntries);
                var unit = new Unit(names[0], kind, decimal.Parse(names[1], CultureInfo.InvariantCulture));
                units.Add(names[0], unit);
                foreach (var other in names.AsSpan(2)) units.Add(other, unit);
            }
        }
        return units;
    }
}
