namespace TagSegments.Csv;

/// <summary>The languages in which names of months are known.</summary>
[Flags]
public enum MonthLanguages
{
    /// <summary>No language.</summary>
    None = 0,

    /// <summary>English.</summary>
    English = 1,

    /// <summary>German.</summary>
    German = 2,

    /// <summary>French.</summary>
    French = 4,

    /// <summary>Spanish.</summary>
    Spanish = 8,

    /// <summary>Italian.</summary>
    Italian = 16,

    /// <summary>Portuguese.</summary>
    Portuguese = 32,

    /// <summary>Dutch.</summary>
    Dutch = 64,

    /// <summary>Danish.</summary>
    Danish = 128,

    /// <summary>Norwegian.</summary>
    Norwegian = 256,

    /// <summary>Swedish.</summary>
    Swedish = 512,

    /// <summary>Polish.</summary>
    Polish = 1024,

    /// <summary>Every language.</summary>
    All = 2047,
}
