# One build, three images: `docker build --target api|worker|notifier .`

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What decides the packages comes first, so that a change of code does not restore again.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY src/Rsvp.Contracts/Rsvp.Contracts.csproj src/Rsvp.Contracts/
COPY src/Rsvp.Hosting/Rsvp.Hosting.csproj src/Rsvp.Hosting/
COPY src/Rsvp.Api/Rsvp.Api.csproj src/Rsvp.Api/
COPY src/Rsvp.Worker/Rsvp.Worker.csproj src/Rsvp.Worker/
COPY src/Rsvp.Notifier/Rsvp.Notifier.csproj src/Rsvp.Notifier/
RUN set -e; for host in Api Worker Notifier; do dotnet restore "src/Rsvp.$host"; done

COPY .editorconfig ./
COPY src/ src/
RUN set -e; for host in Api Worker Notifier; do \
      dotnet publish "src/Rsvp.$host" --no-restore -c Release -p:UseAppHost=false -o "/published/$host"; \
    done

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime
WORKDIR /app
# URLS and not HTTP_PORTS, which the base image sets: the services add their management port to the URLs they are given.
ENV DOTNET_ENVIRONMENT=Production \
    ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080
EXPOSE 8080
USER $APP_UID

FROM runtime AS api
COPY --from=build /published/Api .
ENTRYPOINT ["dotnet", "Rsvp.Api.dll"]

FROM runtime AS worker
COPY --from=build /published/Worker .
ENTRYPOINT ["dotnet", "Rsvp.Worker.dll"]

FROM runtime AS notifier
COPY --from=build /published/Notifier .
ENTRYPOINT ["dotnet", "Rsvp.Notifier.dll"]
