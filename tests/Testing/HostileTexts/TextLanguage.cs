namespace TagSegments.Testing.HostileTexts;

/// <summary>A language that tenants write and the product reads.</summary>
internal enum TextLanguage
{
    /// <summary>Templates of messages.</summary>
    Liquid,

    /// <summary>The HTML of messages.</summary>
    Html,

    /// <summary>Definitions of workflows.</summary>
    Yaml,

    /// <summary>The text form of filters.</summary>
    Filter,

    /// <summary>Files: CSV, and other bytes such as bitmaps.</summary>
    File,

    /// <summary>Values without a schema, such as custom fields.</summary>
    Json,
}
