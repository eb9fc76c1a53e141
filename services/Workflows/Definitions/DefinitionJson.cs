using Crm.Workflows.V1;
using Google.Protobuf;

namespace TagSegments.Workflows.Definitions;

/// <summary>Definitions as they are stored. A definition written by a newer version is read as far as this version knows its fields.</summary>
internal static class DefinitionJson
{
    private static readonly JsonParser s_parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static Definition Parse(string json) => s_parser.Parse<Definition>(json);

    /// <summary>Parses one node.</summary>
    public static Node ParseNode(string json) => s_parser.Parse<Node>(json);

    /// <summary>The bytes that a definition takes in memory, about: objects and UTF-16 for what is short in JSON.</summary>
    public static long Bytes(string json) => 6L * json.Length;

    public static string Format(Definition definition) => JsonFormatter.Default.Format(definition);
}
