# In place of mcr.microsoft.com/dotnet/sdk: the SDK of this machine.
FROM localhost/standin/aspnet
COPY dotnet /usr/share/dotnet
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 NUGET_XMLDOC_MODE=skip
