using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.WebConsole.Parts;

/// <summary>Writes instants for people. The services keep UTC, and so does the console.</summary>
public static class Moments
{
    /// <summary>Writes an instant to the minute; nothing for none.</summary>
    public static string Say(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";
}
