using System.Collections.Frozen;
using System.Globalization;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>The signs, codes and short names of currencies that stand beside numbers.</summary>
internal static class Currencies
{
    // ISO 4217, without funds, metals and test codes.
    private const string Codes =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK "
        + "DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR "
        + "KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN "
        + "PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
        + "UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL";

    private const string Names = "kr kr. zł Kč Ft lei лв лв. руб. грн Fr Fr. SFr. Rs Rs. Rp R$ US$ A$ AU$ C$ CA$ CAD$ NZ$ HK$ S$ NT$ Mex$ MX$ Lek din. KM RM € Euro euro 円 元 圓 원";

    private static readonly FrozenSet<string> s_names = $"{Codes} {Names}".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for a sign like $, a code like EUR or a name like kr.</summary>
    public static bool IsKnown(string text) =>
        (text is [var sign] && char.GetUnicodeCategory(sign) == UnicodeCategory.CurrencySymbol) || s_names.Contains(text);
}
